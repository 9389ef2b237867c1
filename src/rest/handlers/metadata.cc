#include <string>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/handlers.h"
#include "rest/presigned/presign.h"
#include "serving/object_body.h"
#include "serving/sandbox.h"

namespace tarn::rest {
namespace {

/// Where a table is stored, relative to the namespace; whether it exists is not looked at.
Result<http::Response> LocationAnswer(Call& call, std::string_view id) {
  TARN_TRY(call.UncheckedRepository());
  const std::string location = call.context().committed.tables().AddressOf(id);
  JsonBuilder json;
  json.writer.BeginObject().Field("location", location).EndObject();
  http::Response response = std::move(json).Answer(200);
  response.Add("Location", location);
  return response;
}

}  // namespace

Result<http::Response> GetMetaRange(Call& call) {
  return LocationAnswer(call, call.Text("meta_range"));
}

Result<http::Response> GetRange(Call& call) { return LocationAnswer(call, call.Text("range")); }

Result<http::Response> GetMetadataObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.UncheckedRepository());
  const std::string address = call.context().committed.tables().AddressOf(call.Text("object_id"));
  const block::ObjectPointer object{repository.storage_namespace.view(), address};
  if (call.Flag("presign")) {
    TARN_TRY_ASSIGN(const auto url, Presign(call, {.object = object}));
    return RedirectAnswer(url);
  }
  TARN_TRY_ASSIGN(auto stream, call.context().objects.OpenStream(object, {}));
  http::Response response;
  response.Add("Content-Type", "application/octet-stream");
  serving::AddSandbox(&response);
  const int64_t size = stream->properties().size;
  serving::SetObjectBody(&response, std::move(stream), size);
  return response;
}

}  // namespace tarn::rest
