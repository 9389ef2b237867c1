#include "block/remote/key_walker.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace tarn::block::remote {
namespace {

bool IsStopped(const std::function<bool()>& stop) { return stop && stop(); }

/// How keys become addresses.
struct Uris {
  explicit Uris(const WalkSource& source) : prefix(source.uri_prefix), escape(source.escape) {}
  std::string Of(std::string_view key) const {
    return prefix + (escape == nullptr ? std::string(key) : escape(key));
  }

  std::string prefix;
  std::string (*escape)(std::string_view key);
};

/// Everything is known from the listing.
class Batch final : public WalkBatch {
 public:
  Batch(Uris uris, size_t relative_from, std::vector<ListedKey> keys, std::function<bool()> stop)
      : uris_(std::move(uris)),
        relative_from_(relative_from),
        keys_(std::move(keys)),
        stop_(std::move(stop)) {}

  size_t size() const override { return keys_.size(); }
  Status Read(const std::function<void(const WalkedObject&)>& sink) override {
    for (const ListedKey& key : keys_) {
      if (IsStopped(stop_)) return Status(Code::kCancelled);
      const std::string address = uris_.Of(key.key);
      sink({std::string_view(key.key).substr(relative_from_), address, key.last_modified, key.size,
            key.entity_tag});
    }
    return {};
  }

 private:
  const Uris uris_;
  const size_t relative_from_;
  const std::vector<ListedKey> keys_;
  const std::function<bool()> stop_;
};

class PrefixWalker final : public ObjectWalker {
 public:
  PrefixWalker(Uris uris, size_t relative_from, std::string after,
               std::unique_ptr<KeyLister> lister, std::function<bool()> stop)
      : uris_(std::move(uris)),
        relative_from_(relative_from),
        last_(std::move(after)),
        lister_(std::move(lister)),
        stop_(std::move(stop)) {}

  Result<std::unique_ptr<WalkBatch>> Next() override {
    if (IsStopped(stop_)) return Status(Code::kCancelled);
    if (next_ == listed_.size()) {
      TARN_TRY_ASSIGN(listed_, lister_->Next());
      next_ = 0;
    }
    if (listed_.empty()) return std::unique_ptr<WalkBatch>();
    // Pages may be larger than what is good for one thread at a time.
    const auto begin = listed_.begin() + static_cast<ptrdiff_t>(next_);
    const size_t size = std::min(size_t{kListKeysMax}, listed_.size() - next_);
    std::vector<ListedKey> keys(std::make_move_iterator(begin),
                                std::make_move_iterator(begin + static_cast<ptrdiff_t>(size)));
    next_ += size;
    last_ = keys.back().key;
    return std::unique_ptr<WalkBatch>(
        std::make_unique<Batch>(uris_, relative_from_, std::move(keys), stop_));
  }
  std::string continuation() const override { return last_; }

 private:
  const Uris uris_;
  const size_t relative_from_;
  std::string last_;
  const std::unique_ptr<KeyLister> lister_;
  std::vector<ListedKey> listed_;
  size_t next_ = 0;  // of them that was not given yet
  const std::function<bool()> stop_;
};

/// One object, or none.
class ObjectWalk final : public ObjectWalker {
 public:
  explicit ObjectWalk(std::unique_ptr<WalkBatch> batch, std::string key)
      : batch_(std::move(batch)), key_(std::move(key)), is_given_(!batch_) {}
  Result<std::unique_ptr<WalkBatch>> Next() override {
    is_given_ = true;
    return std::move(batch_);
  }
  std::string continuation() const override { return is_given_ ? key_ : ""; }

 private:
  std::unique_ptr<WalkBatch> batch_;  // null once given
  const std::string key_;
  bool is_given_;
};

Result<std::unique_ptr<ObjectWalker>> WalkObject(const WalkSource& source,
                                                 const WalkRequest& request) {
  std::unique_ptr<WalkBatch> batch;
  if (request.continuation.empty()) {
    TARN_TRY_ASSIGN(auto found, source.stat());
    if (found) {
      batch = std::make_unique<Batch>(Uris(source), source.key.size(),
                                      std::vector<ListedKey>{*std::move(found)}, request.stop);
    } else {
      // The reference walks over what is listed: over nothing here. But not if the bucket is
      // absent.
      TARN_TRY(source.list(""));
    }
  }
  return std::unique_ptr<ObjectWalker>(std::make_unique<ObjectWalk>(std::move(batch), source.key));
}

}  // namespace

Result<std::unique_ptr<ObjectWalker>> Walk(const WalkSource& source, const WalkRequest& request) {
  if (IsStopped(request.stop)) return Status(Code::kCancelled);
  if (request.kind == WalkKind::kObject) return WalkObject(source, request);
  TARN_TRY_ASSIGN(auto lister, source.list(request.continuation));
  return std::unique_ptr<ObjectWalker>(std::make_unique<PrefixWalker>(
      Uris(source), source.key.rfind('/') + 1, std::string(request.continuation), std::move(lister),
      request.stop));
}

}  // namespace tarn::block::remote
