#include "block/gs/key_lister.h"

#include <optional>
#include <string>
#include <utility>

#include "block/gs/object_ranges.h"
#include "block/gs/objects.h"
#include "block/remote/key_walker.h"

namespace tarn::block::gs {
namespace {

using remote::ListAnswer;
using remote::ListedKey;

class ListObjects final : public remote::PageSource {
 public:
  ListObjects(Client& client, std::string_view bucket) : client_(client), bucket_(bucket) {}
  std::string_view bucket() const override { return bucket_; }

  Result<ListAnswer> Fetch(const remote::PageRequest& asked) override {
    Request request{.operation = "objects.list",
                    .place = {bucket_, ""},
                    .path = BucketPath(bucket_),
                    .query = {{"fields", "nextPageToken,items(" + std::string(kObjectFields) + ")"},
                              {"maxResults", std::to_string(remote::kListKeysMax)},
                              {"prefix", std::string(asked.prefix)}},
                    .is_abandoned = asked.is_abandoned};
    if (!asked.after.empty()) request.query.emplace_back("startOffset", asked.after);
    if (!asked.continuation.empty()) request.query.emplace_back("pageToken", asked.continuation);
    const auto body = client_.Call(request);
    // Of a listing there is nothing else that could be absent.
    if (body.code() == Code::kDataNotFound) {
      return Status(Code::kIo, "GCS objects.list of " + bucket_ + ": there is no such bucket");
    }
    TARN_TRY(body.status());
    TARN_TRY_ASSIGN(ListAnswer page, ReadList(*body));
    page.order = remote::ListOrder::kBytes;
    // The store begins with the key itself.
    if (!page.keys.empty() && page.keys.front().key == asked.after) {
      page.keys.erase(page.keys.begin());
    }
    return page;
  }

 private:
  Client& client_;
  const std::string bucket_;
};

Result<std::optional<ListedKey>> StatKey(Client& client, const Location& location) {
  TARN_TRY_ASSIGN(const auto object, Stat(client, location));
  if (!object) return std::optional<ListedKey>();
  return std::optional(object->listed());
}

}  // namespace

Result<std::unique_ptr<remote::KeyLister>> ListKeys(Client& client, std::string_view bucket,
                                                    std::string_view prefix, std::string_view after,
                                                    const remote::ListOptions& options) {
  return remote::ListKeys(std::make_unique<ListObjects>(client, bucket), prefix, after, options);
}

Result<std::unique_ptr<ObjectWalker>> Walk(Client& client, const WalkRequest& request,
                                           runtime::WorkerPool& pool) {
  TARN_TRY_ASSIGN(const Location source,
                  remote::LocationOfSource(StorageType::kGs, request.source_uri));
  return remote::Walk(
      {.key = source.key,
       .uri_prefix = remote::UriOf(StorageType::kGs, {source.bucket, ""}),
       .list =
           [&](std::string_view after) {
             return ListKeys(client, source.bucket, source.key, after, {request.stop, &pool});
           },
       .stat = [&] { return StatKey(client, source); }},
      request);
}

}  // namespace tarn::block::gs
