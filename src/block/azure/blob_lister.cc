#include "block/azure/blob_lister.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "block/azure/answers.h"

namespace tarn::block::azure {
namespace {

/// Between the marker and the name of the last blob in the continuation of a page.
constexpr char kAfterMarker = '\n';
/// Of a page of a walk: as many as the service gives.
constexpr size_t kWalkBlobsMax = 5000;

Result<remote::ListAnswer> FetchPage(Client& client, const Place& container,
                                     std::string_view prefix, std::string_view marker,
                                     size_t blobs_max, std::function<bool()> is_abandoned = {}) {
  Request request{.operation = "List Blobs",
                  .place = container,
                  .query = {{"comp", "list"},
                            {"include", "metadata"},
                            {"maxresults", std::to_string(blobs_max)},
                            {"prefix", std::string(prefix)},
                            {"restype", "container"}},
                  .is_abandoned = std::move(is_abandoned)};
  if (!marker.empty()) request.query.emplace_back("marker", marker);
  TARN_TRY_ASSIGN(const std::string body, client.Call(request));
  return ReadListAnswer(body);
}

Status OutOfOrder(std::string_view container, std::string_view name) {
  return {Code::kIo, "the object store lists container " + std::string(container) +
                         " out of order, at blob " + std::string(name)};
}

class BlobPages final : public remote::PageSource {
 public:
  BlobPages(Client& client, const Location& source)
      : client_(client), account_(source.account), container_(source.container) {}

  std::string_view bucket() const override { return container_; }

  Result<remote::ListAnswer> Fetch(const remote::PageRequest& asked) override {
    std::string marker(asked.continuation), last;
    for (;;) {
      TARN_TRY_ASSIGN(auto page, FetchPage(client_, {account_, container_}, asked.prefix, marker,
                                           kWalkBlobsMax, asked.is_abandoned));
      const bool is_before = !page.keys.empty() && page.keys.back().key <= asked.after;
      if (!is_before || page.continuation.empty()) {
        std::erase_if(page.keys, [&](const auto& key) { return key.key <= asked.after; });
        return page;
      }
      if (page.keys.back().key <= last) return OutOfOrder(container_, page.keys.back().key);
      if (asked.is_abandoned()) return Status(Code::kCancelled);
      last = std::move(page.keys.back().key);
      marker = std::move(page.continuation);
    }
  }

 private:
  Client& client_;
  const std::string account_, container_;
};

/// One page of a namespace, as it is filled.
class PageFiller {
 public:
  PageFiller(Client& client, const Location& base, const ListRequest& request)
      : client_(client),
        base_(base),
        prefix_(base.blob + std::string(request.prefix)),
        blobs_max_(request.objects_max) {
    const size_t split = request.continuation.find(kAfterMarker);
    marker_ = request.continuation.substr(0, split);
    if (split != std::string_view::npos) last_ = request.continuation.substr(split + 1);
  }

  Result<ObjectPage> Fill() {
    for (int empty_pages = 0; empty_pages < remote::kEmptyPagesMax;) {
      const size_t before = page_.objects.size();
      const size_t wanted =
          std::min<size_t>(blobs_max_ - before, static_cast<size_t>(remote::kListKeysMax));
      TARN_TRY_ASSIGN(auto answer, FetchPage(client_, {base_.account, base_.container}, prefix_,
                                             marker_, wanted));
      if (answer.keys.size() > wanted) return OutOfOrder(base_.container, answer.keys.back().key);
      TARN_TRY(Take(std::move(answer.keys)));
      marker_ = std::move(answer.continuation);
      if (marker_.empty()) return std::move(page_);
      if (page_.objects.size() == blobs_max_) {
        page_.continuation = marker_ + kAfterMarker + last_;
        return std::move(page_);
      }
      empty_pages = page_.objects.size() == before ? empty_pages + 1 : 0;
    }
    return Status(Code::kIo, "the object store lists container " + base_.container +
                                 " without end: pages brought nothing");
  }

 private:
  Status Take(std::vector<remote::ListedKey> keys) {
    for (remote::ListedKey& key : keys) {
      if (key.key <= last_ || !key.key.starts_with(prefix_)) {
        return OutOfOrder(base_.container, key.key);
      }
      // A marker of the namespace itself, as some tools make them for folders, has no address.
      if (key.key.size() > base_.blob.size()) {
        page_.objects.push_back({key.key.substr(base_.blob.size()), key.size, key.last_modified});
      }
      last_ = std::move(key.key);
    }
    return {};
  }

  Client& client_;
  const Location base_;
  const std::string prefix_;
  const size_t blobs_max_;
  std::string marker_, last_;
  ObjectPage page_;
};

}  // namespace

Result<std::unique_ptr<remote::KeyLister>> ListBlobs(Client& client, const Location& source,
                                                     std::string_view after,
                                                     const remote::ListOptions& options) {
  return remote::ListKeys(std::make_unique<BlobPages>(client, source), source.blob, after, options);
}

Result<ObjectPage> ListPage(Client& client, const Location& base, const ListRequest& request) {
  PageFiller filler(client, base, request);
  return filler.Fill();
}

}  // namespace tarn::block::azure
