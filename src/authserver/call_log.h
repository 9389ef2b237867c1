// The line of a call in the log. It tells who asked for what, and no secret: queries and bodies
// have some, paths have none. Level 8; one thread at a time.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::authserver {

class CallLog {
 public:
  /// The clock starts here. The head is borrowed.
  explicit CallLog(const http::RequestHead& head);
  /// The caller's own id of the request, or a new one.
  const std::string& request_id() const { return request_id_; }
  /// Writes the line: what changes something, is refused, or fails, is told always, the rest to who
  /// wants to know. "" is an operation that there is not.
  void Write(std::string_view operation, int status) const;

 private:
  const http::RequestHead& head_;
  const std::string request_id_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace tarn::authserver
