// One call to another server: a prepared request, and the answer that comes piece by piece. Level
// 2; an answer belongs to one thread at a time.
//
// A server that cannot be reached, or whose answer breaks off, is kSlowDown: asking again can help.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/transfer.h"

namespace tarn::http {

/// The head of an answer, and its body on its way.
class Answer {
 public:
  explicit Answer(std::unique_ptr<Transfer> transfer) : transfer_(std::move(transfer)) {}
  /// A header's value, or "".
  std::string_view Get(std::string_view name) const {
    return transfer_->answer().Find(name).value_or(std::string_view());
  }
  int status() const { return transfer_->answer().status; }
  bool is_success() const;  ///< A status of 200 to 299.
  /// 0 is the end. kSlowDown.
  Result<size_t> Read(std::span<char> out);
  /// The whole body; kIo over `bytes_max`.
  Result<std::string> ReadAll(size_t bytes_max);

 private:
  std::unique_ptr<Transfer> transfer_;
};

/// Sends a request once, with a body if it says so, and waits for the head of the answer, whatever
/// its status. The client outlives the answer. `is_sent`, unless it is null, is set once the server
/// may have the request: after a failure without that nothing was done.
Result<std::unique_ptr<Answer>> Call(TransferClient& client, const TransferRequest& request,
                                     std::string_view body, bool* is_sent = nullptr);
/// The same with a body in pieces.
Result<std::unique_ptr<Answer>> Call(TransferClient& client, const TransferRequest& request,
                                     std::span<const std::string_view> body,
                                     bool* is_sent = nullptr);

/// A size or an offset in bytes, in decimal digits; nothing for other text.
std::optional<int64_t> ReadSize(std::string_view text);

}  // namespace tarn::http
