#include "rest/answers.h"

#include "rest/error_table.h"

namespace tarn::rest {

http::Response ErrorAnswer(const Status& status) {
  // A client that went away gets nothing; the status is for metrics and logs.
  if (status.code() == Code::kCancelled) return EmptyAnswer(ErrorRowOf(status.code()).status);
  return MessageAnswer(ErrorRowOf(status.code()).status, ErrorText(status));
}

http::Response PlainAnswer(int status, std::string_view text) {
  http::Response response;
  response.status = status;
  response.headers =
      "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n";
  response.body = std::string(text) + "\n";
  return response;
}

}  // namespace tarn::rest
