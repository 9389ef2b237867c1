// Answers in the forms of the contract. Level 8; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json_writer.h"
#include "http/message.h"

namespace tarn::rest {

inline constexpr std::string_view kJsonHeaders =
    "Content-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n";

/// Only a status.
http::Response EmptyAnswer(int status);
/// A JSON document; the line break after it is added.
http::Response JsonAnswer(int status, std::string json);
/// `{"message": ...}`
http::Response MessageAnswer(int status, std::string_view message);
/// What the error table says about `status`.
http::Response ErrorAnswer(const Status& status);
/// text/plain with a line break added, as the reference's plain errors are.
http::Response PlainAnswer(int status, std::string_view text);

/// Builds a JSON answer in place:
///   JsonBuilder json; json.writer.BeginObject()...; return std::move(json).Answer(200);
struct JsonBuilder {
  std::string text;
  JsonWriter writer{&text};
  /// Makes room for a usual answer, so that the text is allocated once.
  JsonBuilder() { text.reserve(512); }
  JsonBuilder(const JsonBuilder&) = delete;
  JsonBuilder& operator=(const JsonBuilder&) = delete;
  http::Response Answer(int status) && { return JsonAnswer(status, std::move(text)); }
};

}  // namespace tarn::rest
