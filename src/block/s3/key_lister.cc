#include "block/s3/key_lister.h"

#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "block/remote/key_walker.h"
#include "block/s3/answers.h"
#include "block/s3/location.h"
#include "block/s3/object_ranges.h"

namespace tarn::block::s3 {
namespace {

constexpr size_t kPageBytesMax = 8 << 20;

/// What a server says that it is.
remote::ListOrder OrderOf(std::string_view server) {
  if (server.starts_with("SeaweedFS")) return remote::ListOrder::kByFolder;
  return server.starts_with("AmazonS3") ? remote::ListOrder::kBytes : remote::ListOrder::kUnknown;
}

class ListObjects final : public remote::PageSource {
 public:
  ListObjects(Client& client, std::string_view bucket) : client_(client), bucket_(bucket) {}
  std::string_view bucket() const override { return bucket_; }

  Result<ListAnswer> Fetch(const remote::PageRequest& asked) override {
    Request request{.operation = "ListObjectsV2",
                    .place = {bucket_, ""},
                    .query = {{"list-type", "2"},
                              {"encoding-type", "url"},
                              {"max-keys", std::to_string(kListKeysMax)},
                              {"prefix", std::string(asked.prefix)}},
                    .is_abandoned = asked.is_abandoned};
    if (!asked.delimiter.empty()) request.query.emplace_back("delimiter", asked.delimiter);
    if (!asked.continuation.empty()) {
      request.query.emplace_back("continuation-token", asked.continuation);
    } else if (!asked.after.empty()) {
      request.query.emplace_back("start-after", asked.after);
    }
    TARN_TRY_ASSIGN(const auto answer, client_.Send(request));
    TARN_TRY_ASSIGN(const std::string body, answer->ReadAll(kPageBytesMax));
    TARN_TRY_ASSIGN(ListAnswer page, ReadListAnswer(body));
    page.order = OrderOf(answer->Get("Server"));
    return page;
  }

 private:
  Client& client_;
  const std::string bucket_;
};

Result<std::optional<ListedKey>> StatKey(Client& client, const Location& location) {
  TARN_TRY_ASSIGN(const auto head, Stat(client, location));
  if (!head) return std::optional<ListedKey>();
  return std::optional(ListedKey{location.key, head->size, head->last_modified,
                                 std::string(WithoutQuotes(head->entity_tag))});
}

}  // namespace

Result<std::unique_ptr<KeyLister>> ListKeys(Client& client, std::string_view bucket,
                                            std::string_view prefix, std::string_view after,
                                            const remote::ListOptions& options) {
  return remote::ListKeys(std::make_unique<ListObjects>(client, bucket), prefix, after, options);
}

Result<std::unique_ptr<ObjectWalker>> Walk(Client& client, const WalkRequest& request,
                                           runtime::WorkerPool& pool) {
  TARN_TRY_ASSIGN(const Location source, LocationOfSource(request.source_uri));
  return remote::Walk(
      {.key = source.key,
       .uri_prefix = UriOf({source.bucket, ""}),
       .list =
           [&](std::string_view after) {
             return ListKeys(client, source.bucket, source.key, after, {request.stop, &pool});
           },
       .stat = [&] { return StatKey(client, source); }},
      request);
}

}  // namespace tarn::block::s3
