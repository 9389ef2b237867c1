// Objects in memory of which some would not survive a power cut: those whose writers failed half
// way, until somebody makes them durable. Thread-safe.
#pragma once

#include <set>
#include <string>

#include "block/mem/mem_store.h"
#include "seeded_scheduler.h"

namespace tarn::sim {

class VolatileObjects final : public block::MemStore {
 public:
  explicit VolatileObjects(Clock& clock) : MemStore(clock, {.import_enabled = true}) {}

  Result<std::optional<block::ObjectProperties>> MakeDurable(
      const block::ObjectPointer& object) override {
    Settled(object);
    return MemStore::MakeDurable(object);
  }

  Status Remove(const block::ObjectPointer& object) override {
    Settled(object);
    return MemStore::Remove(object);
  }

  /// The object as it is now has come half way.
  void HalfDone(const block::ObjectPointer& object) {
    const auto name = Locate(object);
    const MutexLock lock(mutex_);
    if (name.ok()) volatile_.insert(*name);
  }
  /// It is durable, or gone.
  void Settled(const block::ObjectPointer& object) {
    const auto name = Locate(object);
    const MutexLock lock(mutex_);
    if (name.ok()) volatile_.erase(*name);
  }

  /// What is not durable stays, loses its bytes, or goes.
  void PowerCut(SeededScheduler& scheduler) {
    const MutexLock lock(mutex_);
    for (const std::string& name : volatile_) {
      const block::ObjectPointer object{"mem://any", name, AddressType::kFull};
      const uint64_t what = scheduler.Draw(3);
      if (what == 0) IgnoreError(MemStore::Remove(object), "in memory");
      if (what == 1) IgnoreError(block::PutObject(*this, object, "").status(), "in memory");
    }
    volatile_.clear();
  }

 private:
  Mutex mutex_;
  std::set<std::string> volatile_;  // Names. Guarded by mutex_.
};

}  // namespace tarn::sim
