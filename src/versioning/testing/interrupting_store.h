// A KV that stops at a chosen call and lets something else happen first: every interleaving of one
// operation with another becomes a test that always runs the same.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "kv/testing/forwarding_store.h"

namespace tarn::versioning::testing {

/// One thread at a time while an interruption is armed; as thread-safe as `store` otherwise.
class InterruptingStore final : public kv::ForwardingStore {
 public:
  explicit InterruptingStore(std::unique_ptr<kv::Store> store)
      : ForwardingStore(*store), store_(std::move(store)) {}

  /// Runs `action` before the calls of these numbers, counted from 0 at Arm. Calls that the action
  /// makes itself are not counted.
  void Arm(std::vector<int> calls, std::function<void()> action) {
    at_ = std::move(calls);
    action_ = std::move(action);
    call_ = 0;
    ran_ = 0;
  }
  /// Stops counting; returns how often the action ran.
  int Disarm() {
    action_ = nullptr;
    return ran_;
  }

  /// All calls from this one on fail, as if the server had died there.
  void DieAt(int call) {
    lives_ = call;
    died_ = false;
  }
  /// Makes calls work again; true if one had failed.
  bool Revive() {
    lives_ = kForEver;
    return died_;
  }

  /// Counts reads of the records whose keys begin so, from now on.
  void CountReads(std::string key_prefix) {
    counted_ = std::move(key_prefix);
    reads_ = 0;
  }
  int reads() const { return reads_; }

 protected:
  Status Before(Call call, std::string_view, std::string_view key) override {
    if (call == Call::kGet && !counted_.empty() && key.starts_with(counted_)) ++reads_;
    return Count();
  }

 private:
  Status Count() {
    if (lives_ != kForEver && lives_-- <= 0) {
      lives_ = 0;
      died_ = true;
      return Status(Code::kIo, "the server has died");
    }
    if (!action_ || running_) return Status();
    for (const int call : at_) {
      if (call != call_) continue;
      running_ = true;
      ++ran_;
      action_();
      running_ = false;
      break;
    }
    ++call_;
    return Status();
  }

  const std::unique_ptr<kv::Store> store_;
  std::vector<int> at_;
  std::function<void()> action_;
  bool running_ = false;
  int call_ = 0, ran_ = 0;
  static constexpr int kForEver = -1;
  int lives_ = kForEver;  // Calls until it dies.
  bool died_ = false;
  std::string counted_;
  std::atomic<int> reads_ = 0;
};

}  // namespace tarn::versioning::testing
