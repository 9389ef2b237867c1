// A store whose calls are late, refused, cut off or not answered, as a seed decides. For tests;
// thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <random>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "block/layers/intercepted_store.h"

namespace tarn::block {

/// One fault in so many calls; 0: never. All pass: Retry::kLater.
struct StoreFaults {
  uint64_t seed = 0;
  uint64_t delayed = 0;
  int64_t delay_us_max = 200;
  uint64_t refused = 0;        ///< Nothing is done.
  uint64_t reply_lost = 0;     ///< It is done, and the answer is lost.
  uint64_t truncated = 0;      ///< A read gives some bytes, and the next one fails.
  uint64_t stale_lists = 0;    ///< Of the objects of a page: it is left out.
  bool spare_writers = false;  ///< No faults in Create, in what writers do, and in Put.
};

class FaultInjector {
 public:
  explicit FaultInjector(const StoreFaults& faults) : faults_(faults), random_(faults.seed) {}

  template <class Function>
  auto Call(Operation /*operation*/, Function&& function) -> decltype(function()) {
    if (Strikes(faults_.delayed)) SleepForUs(static_cast<int64_t>(Draw(faults_.delay_us_max)));
    if (Strikes(faults_.refused)) return Fault("the store refuses");
    auto answer = function();
    if (answer.ok() && Strikes(faults_.reply_lost)) return Fault("the answer is lost");
    return answer;
  }

  uint64_t struck() const { return struck_; }

 protected:
  bool Strikes(uint64_t one_in) {
    if (one_in == 0 || Draw(one_in) != 0) return false;
    ++struck_;
    return true;
  }
  static Status Fault(const char* what) { return Status(Code::kIo, what).WithRetry(Retry::kLater); }
  const StoreFaults& faults() const { return faults_; }

 private:
  uint64_t Draw(uint64_t below) {
    const MutexLock lock(mutex_);
    return random_() % below;
  }

  const StoreFaults faults_;
  std::atomic<uint64_t> struck_ = 0;
  Mutex mutex_;
  std::mt19937_64 random_ TARN_GUARDED_BY(mutex_);
};

class FaultyStore final : public FaultInjector, public InterceptedStore<FaultInjector> {
 public:
  FaultyStore(std::unique_ptr<ObjectStore> under, const StoreFaults& faults)
      : FaultInjector(faults),
        InterceptedStore(std::move(under), static_cast<FaultInjector&>(*this)) {}

  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override {
    if (faults().spare_writers) return under().Create(object, options);
    return InterceptedStore::Create(object, options);
  }
  Result<ObjectProperties> Put(const ObjectPointer& object, std::string_view bytes,
                               const WriteOptions& options) override {
    if (faults().spare_writers) return under().Put(object, bytes, options);
    return InterceptedStore::Put(object, bytes, options);
  }
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override {
    TARN_TRY_ASSIGN(auto stream, InterceptedStore::OpenStream(object, range));
    return std::unique_ptr<ObjectStream>(std::make_unique<CutStream>(*this, std::move(stream)));
  }
  Result<ObjectPage> List(const ListRequest& request) override {
    TARN_TRY_ASSIGN(ObjectPage page, InterceptedStore::List(request));
    std::erase_if(page.objects,
                  [this](const ListedObject&) { return Strikes(faults().stale_lists); });
    return page;
  }

 private:
  class CutStream final : public ObjectStream {
   public:
    CutStream(FaultyStore& store, std::unique_ptr<ObjectStream> under)
        : store_(store), under_(std::move(under)) {}
    ObjectProperties properties() const override { return under_->properties(); }
    Result<size_t> Read(std::span<char> out) override {
      if (cut_) return Fault("the connection was closed");
      cut_ = store_.Strikes(store_.faults().truncated);
      // Only some of the bytes come before the end.
      return under_->Read(cut_ ? out.first(out.size() / 2 + out.size() % 2) : out);
    }

   private:
    FaultyStore& store_;
    const std::unique_ptr<ObjectStream> under_;
    bool cut_ = false;
  };
};

}  // namespace tarn::block
