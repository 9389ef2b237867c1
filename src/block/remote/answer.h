// One call to a remote store: a prepared request, and the answer that comes piece by piece. Level
// 3; an answer belongs to one thread at a time.
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

namespace tarn::block::remote {

/// The head of an answer, and its body on its way.
class Answer {
 public:
  explicit Answer(std::unique_ptr<http::Transfer> transfer) : transfer_(std::move(transfer)) {}
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
  std::unique_ptr<http::Transfer> transfer_;
};

/// Sends a request once, with a body if it says so, and waits for the head of the answer, whatever
/// its status. The client outlives the answer.
Result<std::unique_ptr<Answer>> Exchange(http::TransferClient& client,
                                         const http::TransferRequest& request,
                                         std::string_view body);
/// The same with a body in pieces.
Result<std::unique_ptr<Answer>> Exchange(http::TransferClient& client,
                                         const http::TransferRequest& request,
                                         std::span<const std::string_view> body);

/// A size or an offset in bytes, in decimal digits; nothing for other text.
std::optional<int64_t> ReadSize(std::string_view text);

}  // namespace tarn::block::remote
