// What a handler of the gateway gives back: a response, or why there is none. Level 8; values.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "http/message.h"
#include "s3gw/errors.h"

namespace tarn::s3gw {

/// A response, an S3 error, or a failure of the core, which the error table turns into one. All
/// convert, so TARN_TRY works in handlers.
class [[nodiscard]] Answer {
 public:
  Answer(http::Response response) : value_(std::move(response)) {}  // NOLINT
  Answer(Failure failure) : value_(std::move(failure)) {}           // NOLINT
  Answer(Error error) : value_(Failure(error)) {}                   // NOLINT
  Answer(Status status) : value_(std::move(status)) {}              // NOLINT

  http::Response* response() { return std::get_if<http::Response>(&value_); }
  const Failure* failure() const { return std::get_if<Failure>(&value_); }
  const Status* status() const { return std::get_if<Status>(&value_); }

 private:
  std::variant<http::Response, Failure, Status> value_;
};

/// A value, or the S3 error that says why there is none.
template <class T>
class [[nodiscard]] Expected {
 public:
  Expected(T value) : value_(std::move(value)) {}            // NOLINT(google-explicit-constructor)
  Expected(Failure failure) : value_(std::move(failure)) {}  // NOLINT
  Expected(Error error) : value_(Failure(error)) {}          // NOLINT

  bool ok() const { return std::holds_alternative<T>(value_); }
  T& operator*() { return std::get<T>(value_); }
  const T& operator*() const { return std::get<T>(value_); }
  T* operator->() { return &std::get<T>(value_); }
  const T* operator->() const { return &std::get<T>(value_); }
  /// REQUIRES !ok().
  const Failure& failure() const { return std::get<Failure>(value_); }

 private:
  std::variant<T, Failure> value_;
};

/// Only a status.
http::Response EmptyAnswer(int status);
/// An XML document; the declaration is put before it.
http::Response XmlAnswer(std::string_view elements);

}  // namespace tarn::s3gw
