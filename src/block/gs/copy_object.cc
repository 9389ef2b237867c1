#include "block/gs/copy_object.h"

#include <string>
#include <utility>

#include "block/gs/objects.h"

namespace tarn::block::gs {
namespace {

/// Calls for one object: each copies at least 1 MiB, mostly everything.
constexpr int kCallsMax = 100'000;

enum class SourceKey : bool { kNone, kOurs };

Result<StoredObject> Rewrite(const UploadTools& tools, const Location& from, const Location& to,
                             SourceKey source_key) {
  Request request{.operation = "objects.rewrite",
                  .method = "POST",
                  .place = from.place(),
                  .path = ObjectPath(from.place()) + "/rewriteTo" +
                          ObjectPath(to.place()).substr(std::string_view("/storage/v1").size())};
  request.query = {{"fields", "done,rewriteToken,resource(" + std::string(kObjectFields) + ")"}};
  if (!tools.encryption.kms_key.empty()) {
    request.query.emplace_back("destinationKmsKeyName", tools.encryption.kms_key);
  }
  tools.encryption.AddKeyTo(&request.headers);
  if (source_key == SourceKey::kOurs) tools.encryption.AddSourceKeyTo(&request.headers);
  const QueryPairs query = request.query;
  for (int calls = 0; calls < kCallsMax; ++calls) {
    TARN_TRY_ASSIGN(RewriteAnswer answer, tools.retrier.Call([&]() -> Result<RewriteAnswer> {
      TARN_TRY_ASSIGN(const std::string body, tools.client.Call(request));
      return ReadRewrite(body);
    }));
    if (answer.object) return *std::move(answer.object);
    request.query = query;
    request.query.emplace_back("rewriteToken", std::move(answer.token));
  }
  return Status(Code::kIo, "the object store does not end its copy of " + TextOf(from.place()));
}

}  // namespace

Result<ObjectProperties> CopyObject(const UploadTools& tools, const Location& from,
                                    const Location& to) {
  const bool has_key = tools.encryption.has_customer_key();
  auto copied = Rewrite(tools, from, to, has_key ? SourceKey::kOurs : SourceKey::kNone);
  // A source of somebody else's, or from before there was a key.
  if (has_key && copied.code() == Code::kInvalidValue) {
    copied = Rewrite(tools, from, to, SourceKey::kNone);
  }
  TARN_TRY(copied.status());
  return copied->properties();
}

}  // namespace tarn::block::gs
