#include "kv/testing/hostile_store.h"

#include <thread>
#include <utility>

#include "base/blocking.h"
#include "kv/mem/mem_store.h"

namespace tarn::kv {
namespace {

constexpr size_t kPageRecords = 2;

class PagedIterator final : public Iterator {
 public:
  PagedIterator(Store& store, std::string_view partition, std::string_view prefix)
      : store_(store), partition_(partition), prefix_(prefix) {}

  Status Seek(std::string_view target) override { return Fetch(std::string(target)); }
  Status Next() override {
    if (++at_ < page_.size()) return Status();
    // The least key after the last one.
    return ended_ ? Status() : Fetch(page_.back().first + '\0');
  }
  bool Valid() const override { return at_ < page_.size(); }
  std::string_view key() const override { return page_[at_].first; }
  const std::string_view& value() const override { return value_ = page_[at_].second; }

 private:
  Status Fetch(const std::string& from) {
    page_.clear();
    at_ = 0;
    std::this_thread::yield();
    TARN_TRY_ASSIGN(const IteratorPtr now, store_.Scan(partition_, prefix_));
    TARN_TRY(now->Seek(from));
    while (now->Valid() && page_.size() < kPageRecords) {
      page_.emplace_back(now->key(), now->value());
      TARN_TRY(now->Next());
    }
    ended_ = page_.size() < kPageRecords;
    return Status();
  }

  Store& store_;
  const std::string partition_, prefix_;
  std::vector<std::pair<std::string, std::string>> page_;
  size_t at_ = 0;
  bool ended_ = true;
  mutable std::string_view value_;
};

class HostileStore final : public Store {
 public:
  const Traits& traits() const override { return kLeastTraits; }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(CheckKey(kLeastTraits, partition, key));
    TARN_TRY(Wait());
    return store_->Get(partition, key);
  }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    TARN_TRY(CheckWrite(kLeastTraits, partition, key, value));
    TARN_TRY(Wait());
    return store_->Set(partition, key, value);
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    TARN_TRY(CheckWrite(kLeastTraits, partition, key, value));
    TARN_TRY(Wait());
    return store_->SetIf(partition, key, value, predicate);
  }
  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(CheckWrite(kLeastTraits, partition, key, {}));
    TARN_TRY(Wait());
    return store_->Delete(partition, key);
  }
  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    TARN_TRY(CheckWrite(kLeastTraits, partition, key, {}));
    TARN_TRY(Wait());
    return store_->DeleteIf(partition, key, predicate);
  }
  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(kLeastTraits, partition));
    TARN_TRY(Wait());
    return IteratorPtr(std::make_unique<PagedIterator>(*store_, partition, prefix));
  }
  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(kLeastTraits, partition));
    TARN_TRY(Wait());
    return store_->Drop(partition, prefix);
  }
  Result<std::vector<std::string>> ListPartitions() override {
    TARN_TRY(Wait());
    return store_->ListPartitions();
  }

 private:
  static Status Wait() {
    TARN_TRY(RequireBlocking());
    std::this_thread::yield();
    return Status();
  }

  const std::unique_ptr<Store> store_ = mem::Open();
};

}  // namespace

std::unique_ptr<Store> OpenHostile() { return std::make_unique<HostileStore>(); }

}  // namespace tarn::kv
