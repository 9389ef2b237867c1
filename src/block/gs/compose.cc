#include "block/gs/compose.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "block/gs/delete_objects.h"
#include "block/gs/object_ranges.h"
#include "codec/json_writer.h"

namespace tarn::block::gs {
namespace {

/// The objects between the layers; removes them in the end.
class Between {
 public:
  Between(const UploadTools& tools, const std::string& bucket) : tools_(tools), bucket_(bucket) {}
  ~Between() {
    for (const std::string& key : keys_) {
      const Status removed = tools_.retrier.Call([&] {
        return DeleteObject(tools_.client, Place{bucket_, key});
      });
      if (!removed.ok()) TARN_LOG_WARN("object was not removed: {}", removed.ToString());
    }
  }
  Between(const Between&) = delete;
  Between& operator=(const Between&) = delete;
  void Add(std::string key) { keys_.push_back(std::move(key)); }

 private:
  const UploadTools& tools_;
  const std::string& bucket_;
  std::vector<std::string> keys_;
};

std::string BodyOf(std::span<const ComposeSource> sources) {
  std::string body;
  JsonWriter json(&body);
  json.BeginObject().Key("sourceObjects").BeginArray();
  for (const ComposeSource& source : sources) {
    json.BeginObject().Field("name", source.key);
    json.Key("objectPreconditions").BeginObject();
    json.Field("ifGenerationMatch", source.generation).EndObject().EndObject();
  }
  json.EndArray().Key("destination").BeginObject().Field("contentType", kContentType);
  json.EndObject().EndObject();
  return body;
}

int64_t SizeOf(std::span<const ComposeSource> sources) {
  int64_t size = 0;
  for (const ComposeSource& source : sources) size += source.size;
  return size;
}

/// One request.
Result<StoredObject> ComposeSome(const UploadTools& tools, const Location& target,
                                 std::span<const ComposeSource> sources, bool create_only) {
  const std::string body = BodyOf(sources);
  Request request{.operation = "objects.compose",
                  .method = "POST",
                  .place = target.place(),
                  .path = ObjectPath(target.place()) + "/compose",
                  .query = {{"fields", std::string(kObjectFields)}},
                  .headers = {{"Content-Type", "application/json"}},
                  .body = {body}};
  if (create_only) request.query.emplace_back("ifGenerationMatch", "0");
  tools.encryption.AddTo(&request.query, &request.headers);
  const int64_t size = SizeOf(sources);
  bool may_be_done = false;
  auto made = tools.retrier.Call([&]() -> Result<StoredObject> {
    const auto answer = tools.client.Call(request);
    may_be_done = may_be_done || answer.code() == Code::kSlowDown;
    TARN_TRY(answer.status());
    return ReadObject(*answer);
  });
  if (made.code() == Code::kPreconditionFailed && may_be_done) {
    // Perhaps it was this call that made it, and only the answer was lost.
    TARN_TRY_ASSIGN(auto found, tools.retrier.Call([&] { return Stat(tools.client, target); }));
    if (found && found->size == size) made = *std::move(found);
  }
  TARN_TRY(made.status());
  if (made->size == size) return made;
  return Status(Code::kIo, "the object store made something else of " + TextOf(target.place()));
}

/// Composes groups of sources into one object each.
Result<std::vector<ComposeSource>> ComposeLayer(const UploadTools& tools, const std::string& bucket,
                                                const std::vector<ComposeSource>& sources,
                                                int layer, Between* between) {
  std::vector<ComposeSource> next;
  for (size_t begin = 0; begin < sources.size(); begin += kComposeMax) {
    const auto group =
        std::span(sources).subspan(begin, std::min(kComposeMax, sources.size() - begin));
    if (group.size() == 1) {
      next.push_back(group.front());
      continue;
    }
    Location target{bucket, group.front().key + "_" + std::to_string(layer)};
    between->Add(target.key);
    TARN_TRY_ASSIGN(StoredObject made, ComposeSome(tools, target, group, false));
    next.push_back({std::move(target.key), std::move(made.generation), made.size});
  }
  return next;
}

}  // namespace

Result<StoredObject> Compose(const UploadTools& tools, const Location& target,
                             std::vector<ComposeSource> sources, bool create_only) {
  Between between(tools, target.bucket);
  for (int layer = 0; sources.size() > kComposeMax; ++layer) {
    TARN_TRY_ASSIGN(sources, ComposeLayer(tools, target.bucket, sources, layer, &between));
  }
  if (create_only) TARN_TRY(CheckAbsent(tools, target));
  auto made = ComposeSome(tools, target, sources, create_only);
  if (create_only && made.code() == Code::kPreconditionFailed) {
    TARN_TRY(CheckAbsent(tools, target));
  }
  return made;
}

}  // namespace tarn::block::gs
