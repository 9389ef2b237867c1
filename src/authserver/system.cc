// The server itself, and tokens that are used once.
#include "authserver/handlers.h"
#include "serving/json_answer.h"

namespace tarn::authserver {

Result<http::Response> ClaimTokenId(Call& call) {
  const Status claimed = call.auth().ClaimToken(call.Text("token_id"), call.Integer("expires_at"));
  // As the contract says it.
  if (claimed.code() == Code::kAlreadyExists)
    return Status(Code::kInvalidRequest, "the token was used before");
  TARN_TRY(claimed);
  return serving::EmptyAnswer(201);
}

Result<http::Response> HealthCheck(Call&) { return serving::EmptyAnswer(204); }

Result<http::Response> GetVersion(Call& call) {
  serving::JsonBuilder json;
  json.writer.BeginObject().Field("version", call.options().version).EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::authserver
