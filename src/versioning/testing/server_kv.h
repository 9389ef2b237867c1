// The KV of one server, for tests: others use it too, calls can be refused, answers can get lost,
// and the server can die.
#pragma once

#include <atomic>
#include <string_view>

#include "kv/testing/hooked_store.h"

namespace tarn::versioning::testing {

/// Thread-safe, but for set_hook and DieAt.
class ServerKv final : public kv::HookedStore {
 public:
  explicit ServerKv(kv::Store& next) : HookedStore(next), traits_(next.traits()) {
    traits_.shared = true;
  }
  const kv::Traits& traits() const override { return traits_; }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    return Answer(HookedStore::Set(partition, key, value));
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const kv::Predicate& predicate) override {
    return Answer(HookedStore::SetIf(partition, key, value, predicate));
  }
  /// The server dies at its call `call`: before that is applied, or before the answer.
  void DieAt(int call, bool applied) {
    set_hook([this, call, applied](Call, std::string_view, std::string_view) {
      const int made = seen_++;
      if (made < call) return Status();
      died = true;
      lose_answers = true;
      if (made == call && applied) return Status();
      return Status(Code::kIo, "the server has died");
    });
  }

  std::atomic<bool> lose_answers = false;
  std::atomic<int> lost = 0;
  std::atomic<bool> died = false;

 private:
  Status Answer(Status applied) {
    if (!applied.ok() || !lose_answers) return applied;
    ++lost;
    return Status(Code::kIo, "the answer is lost");
  }

  kv::Traits traits_;
  std::atomic<int> seen_ = 0;
};

}  // namespace tarn::versioning::testing
