// Status and Result: the value that every fallible call of Tarn returns.
//
// A Status is a Code (what a client can tell apart), whether the call may be made again, a message
// for the user, and context for the log. Success costs no allocation. Exceptions never cross a
// module border: adapters catch what libraries throw. Level 0; value types, thread-compatible.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/check.h"

namespace tarn {

/// Why a call failed. One value per reason that a protocol answers differently; the tables
/// rest/error_table.cc and s3gw/error_table.cc give each its status.
enum class Code : uint8_t {
  kOk,
  kWouldBlock,       ///< Needs I/O on a thread that must not wait: run again on a pool.
  kCancelled,        ///< The client or the operator gave up.
  kUnauthenticated,  ///< Credentials missing or wrong.
  kInsufficientPermissions,
  kInvalidValue,  ///< An argument breaks a rule; the message names it.
  kInvalidRequest,
  kPathRequired,
  kLinkAddressInvalid,
  kLinkAddressExpired,
  kInvalidAddress,  ///< A storage address that cannot be used here.
  kAddressBlocked,  ///< A local path that leaves its root.
  kUnsupported,     ///< The adapter cannot do this.
  kWriteFailed,     ///< The object store refused the data.
  kNotFound,
  kRepositoryNotFound,
  kBranchNotFound,
  kTagNotFound,
  kCommitNotFound,
  kPullRequestNotFound,
  kUserNotFound,
  kForbidden,
  kProtectedBranch,
  kReadOnlyRepository,
  kDefaultBranch,  ///< The default branch cannot be deleted.
  kDirtyBranch,
  kNoChanges,
  kNotUnique,
  kConflict,
  kRevertNeedsParent,
  kParentOutOfRange,
  kRepositoryInDeletion,
  kDataNotFound,  ///< An entry's object is not in the store.
  kAlreadyExists,
  kTooManyTries,
  kSlowDown,  ///< A queue or a limit is full; try later.
  kPreconditionFailed,
  kPredicateFailed,  ///< Compare-and-set lost; handled by retry helpers.
  kNotImplemented,
  kHookFailed,
  kRangeUnsatisfiable,
  kTooLarge,  ///< A body or a value is over its limit.
  kCorrupt,   ///< Stored bytes do not say what they must.
  kNoSpace,
  kIo,
  kInternal,
};
inline constexpr int kCodeCount = static_cast<int>(Code::kInternal) + 1;

/// Whether the same call could succeed if it is made again.
enum class Retry : uint8_t {
  kNever,     ///< It would fail again.
  kLater,     ///< After a while: what it needs was busy, full, or did not answer.
  kConflict,  ///< Once what the call was based on has been read again.
};

/// What a code alone says about it.
constexpr Retry UsualRetry(Code code) {
  return code == Code::kSlowDown          ? Retry::kLater
         : code == Code::kPredicateFailed ? Retry::kConflict
                                          : Retry::kNever;
}

/// Success, or a Code with a message.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string message)
      : code_(code),
        retry_(UsualRetry(code)),
        detail_(std::make_unique<Detail>(Detail{std::move(message), {}})) {}
  /// A code that needs no text (kWouldBlock, kCancelled).
  explicit Status(Code code) : code_(code), retry_(UsualRetry(code)) {}
  Status(const Status& other)
      : code_(other.code_),
        retry_(other.retry_),
        detail_(other.detail_ ? std::make_unique<Detail>(*other.detail_) : nullptr) {}
  Status(Status&&) noexcept = default;
  Status& operator=(const Status& other) { return *this = Status(other); }
  Status& operator=(Status&&) noexcept = default;

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  /// The full text for the user; empty on success.
  std::string_view message() const { return detail_ ? std::string_view(detail_->message) : ""; }
  Retry retry() const { return retry_; }

  /// The same failure with `prefix` put before the message (as the reference wraps errors).
  Status Prefixed(std::string_view prefix) &&;
  /// The same failure with `text` after the message.
  Status Suffixed(std::string_view text) &&;
  /// The same failure of another class than its code usually has.
  Status WithRetry(Retry retry) &&;
  /// The same failure with something about it that helps who reads the log, and is no part of the
  /// message: ("operation", "open"). The first value of a key stays.
  Status With(std::string_view key, std::string_view value) &&;
  /// What With has added under a key; empty if nothing.
  std::string_view Context(std::string_view key) const;
  /// "not found: message (key=value ...)", for logs.
  std::string ToString() const;

 private:
  struct Detail {
    std::string message;
    std::vector<std::pair<std::string, std::string>> context;
  };
  Detail& detail();

  Code code_ = Code::kOk;
  Retry retry_ = Retry::kNever;
  std::unique_ptr<Detail> detail_;
};

/// Short name of a code, for logs.
std::string_view CodeName(Code code);

/// A value of T or the Status (never OK) that says why there is none.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : value_(std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Status status) : value_(tl::unexpected<Status>(std::move(status))) {}  // NOLINT
  template <class U>
  requires(std::is_convertible_v<U&&, T> && !std::is_same_v<std::decay_t<U>, T> &&
           !std::is_same_v<std::decay_t<U>, Status> && !std::is_same_v<std::decay_t<U>, Result<T>>)
      Result(U&& value)
      : value_(std::forward<U>(value)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return value_.has_value(); }
  explicit operator bool() const { return ok(); }
  /// The value; to ask for one that is not there ends the process.
  T& value() & { return Checked(value_); }
  const T& value() const& { return Checked(value_); }
  T&& value() && { return std::move(Checked(value_)); }
  T& operator*() & { return Checked(value_); }
  const T& operator*() const& { return Checked(value_); }
  T&& operator*() && { return std::move(Checked(value_)); }
  T* operator->() { return &Checked(value_); }
  const T* operator->() const { return &Checked(value_); }
  /// The failure; kOk if there is a value.
  Status status() const& { return ok() ? Status() : value_.error(); }
  Status status() && { return ok() ? Status() : std::move(value_).error(); }
  Code code() const { return ok() ? Code::kOk : value_.error().code(); }
  Retry retry() const { return ok() ? Retry::kNever : value_.error().retry(); }

 private:
  template <class Expected>
  static auto& Checked(Expected& expected) {
    TARN_CHECK(expected.has_value());
    return *expected;
  }

  tl::expected<T, Status> value_;
};

/// Drops an error on purpose; `why` is for the reader and for grep.
inline void IgnoreError(const Status&, std::string_view /*why*/) {}

inline Status ToStatus(Status status) { return status; }
template <class T>
Status ToStatus(Result<T>&& result) {
  return std::move(result).status();
}

}  // namespace tarn

#define TARN_CONCAT_INNER(a, b) a##b
#define TARN_CONCAT(a, b) TARN_CONCAT_INNER(a, b)

/// Returns the error of a Status or Result expression from the enclosing function.
#define TARN_TRY(expr)                          \
  do {                                          \
    auto tarn_status_ = ::tarn::ToStatus(expr); \
    if (!tarn_status_.ok()) [[unlikely]]        \
      return tarn_status_;                      \
  } while (false)

/// Assigns the value of a Result expression to `lhs` (which may be a declaration), or returns its
/// error.
#define TARN_TRY_ASSIGN(lhs, expr) TARN_TRY_ASSIGN_(TARN_CONCAT(tarn_result_, __LINE__), lhs, expr)
#define TARN_TRY_ASSIGN_(tmp, lhs, expr) \
  auto tmp = (expr);                     \
  if (!tmp.ok()) [[unlikely]]            \
    return std::move(tmp).status();      \
  lhs = *std::move(tmp)

/// The same inside coroutines.
#define TARN_CO_TRY(expr)                       \
  do {                                          \
    auto tarn_status_ = ::tarn::ToStatus(expr); \
    if (!tarn_status_.ok()) [[unlikely]]        \
      co_return tarn_status_;                   \
  } while (false)
#define TARN_CO_TRY_ASSIGN(lhs, expr) \
  TARN_CO_TRY_ASSIGN_(TARN_CONCAT(tarn_result_, __LINE__), lhs, expr)
#define TARN_CO_TRY_ASSIGN_(tmp, lhs, expr) \
  auto tmp = (expr);                        \
  if (!tmp.ok()) [[unlikely]]               \
    co_return std::move(tmp).status();      \
  lhs = *std::move(tmp)
