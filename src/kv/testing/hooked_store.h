// A KV that asks a hook before every call: for faults, races and counts in tests of the layers
// above. Level 3, tests only; as thread-safe as the hook.
#pragma once

#include <functional>
#include <utility>

#include "kv/store.h"

namespace tarn::kv {

class HookedStore : public Store {
 public:
  enum class Call { kGet, kSet, kSetIf, kDelete, kDeleteIf, kScan, kDrop };
  /// A failure is returned instead of making the call.
  using Hook = std::function<Status(Call call, std::string_view partition, std::string_view key)>;

  explicit HookedStore(Store& next) : next_(next) {}
  void set_hook(Hook hook) { hook_ = std::move(hook); }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(Ask(Call::kGet, partition, key));
    return next_.Get(partition, key);
  }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    TARN_TRY(Ask(Call::kSet, partition, key));
    return next_.Set(partition, key, value);
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    TARN_TRY(Ask(Call::kSetIf, partition, key));
    return next_.SetIf(partition, key, value, predicate);
  }
  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(Ask(Call::kDelete, partition, key));
    return next_.Delete(partition, key);
  }
  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    TARN_TRY(Ask(Call::kDeleteIf, partition, key));
    return next_.DeleteIf(partition, key, predicate);
  }
  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(Ask(Call::kScan, partition, prefix));
    return next_.Scan(partition, prefix);
  }
  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(Ask(Call::kDrop, partition, prefix));
    return next_.Drop(partition, prefix);
  }
  Result<std::vector<std::string>> ListPartitions() override { return next_.ListPartitions(); }

 private:
  Status Ask(Call call, std::string_view partition, std::string_view key) {
    return hook_ ? hook_(call, partition, key) : Status();
  }
  Store& next_;
  Hook hook_;
};

}  // namespace tarn::kv
