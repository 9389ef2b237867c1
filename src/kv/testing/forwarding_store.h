// A KV that passes every call on to another one, after asking a derived class: the base of doubles
// that count, interrupt, fail. Level 3, tests only; as thread-safe as the derived class.
#pragma once

#include "kv/store.h"

namespace tarn::kv {

class ForwardingStore : public Store {
 public:
  enum class Call { kGet, kSet, kSetIf, kDelete, kDeleteIf, kScan, kDrop };

  /// `next` outlives it.
  explicit ForwardingStore(Store& next) : next_(next) {}

  const Traits& traits() const override { return next_.traits(); }
  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(Before(Call::kGet, partition, key));
    return next_.Get(partition, key);
  }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    TARN_TRY(Before(Call::kSet, partition, key));
    return next_.Set(partition, key, value);
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    TARN_TRY(Before(Call::kSetIf, partition, key));
    return next_.SetIf(partition, key, value, predicate);
  }
  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(Before(Call::kDelete, partition, key));
    return next_.Delete(partition, key);
  }
  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    TARN_TRY(Before(Call::kDeleteIf, partition, key));
    return next_.DeleteIf(partition, key, predicate);
  }
  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(Before(Call::kScan, partition, prefix));
    return next_.Scan(partition, prefix);
  }
  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(Before(Call::kDrop, partition, prefix));
    return next_.Drop(partition, prefix);
  }
  Result<std::vector<std::string>> ListPartitions() override { return next_.ListPartitions(); }

 protected:
  /// Called before every call; a failure is returned instead of making it.
  virtual Status Before(Call call, std::string_view partition, std::string_view key) = 0;

 private:
  Store& next_;
};

}  // namespace tarn::kv
