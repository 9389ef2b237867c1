#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"

namespace tarn::rest {

Result<http::Response> AnswerEmpty(Call& call) {
  return EmptyAnswer(call.operation().success.status);
}

Result<http::Response> AnswerNotImplemented(Call&) {
  return Status(Code::kNotImplemented, "Not Implemented");
}

}  // namespace tarn::rest
