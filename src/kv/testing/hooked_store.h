// A KV that asks a hook before every call: for faults, races and counts in tests of the layers
// above. Level 3, tests only; as thread-safe as the hook.
#pragma once

#include <functional>
#include <utility>

#include "kv/testing/forwarding_store.h"

namespace tarn::kv {

class HookedStore : public ForwardingStore {
 public:
  /// A failure is returned instead of making the call.
  using Hook = std::function<Status(Call call, std::string_view partition, std::string_view key)>;

  using ForwardingStore::ForwardingStore;
  void set_hook(Hook hook) { hook_ = std::move(hook); }

 protected:
  Status Before(Call call, std::string_view partition, std::string_view key) override {
    return hook_ ? hook_(call, partition, key) : Status();
  }

 private:
  Hook hook_;
};

}  // namespace tarn::kv
