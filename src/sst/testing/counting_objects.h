// The memory object store, counting what is opened and read, for tests of sorted tables; it can say
// that it is remote. On threads that must not wait every read is kWouldBlock: stricter than any
// store. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/blocking.h"
#include "block/mem/mem_store.h"

namespace tarn::sst {

class CountingObjects : public block::MemStore {
 public:
  explicit CountingObjects(bool is_remote = false)
      : MemStore(SystemClock()), info_(MemStore::info()) {
    info_.is_remote = is_remote;
  }

  const block::StoreInfo& info() const override { return info_; }
  Result<std::unique_ptr<block::ObjectWriter>> Create(const block::ObjectPointer& object,
                                                      const block::WriteOptions& options) override {
    ++creates;
    return MemStore::Create(object, options);
  }
  Result<std::unique_ptr<block::ObjectReader>> Open(const block::ObjectPointer& object,
                                                    const block::ByteRange& first) override {
    TARN_TRY(RequireBlocking());
    ++opens;
    TARN_TRY_ASSIGN(auto reader, MemStore::Open(object, first));
    return std::unique_ptr<block::ObjectReader>(std::make_unique<Reader>(*this, std::move(reader)));
  }

  Result<std::unique_ptr<block::ObjectStream>> OpenStream(const block::ObjectPointer& object,
                                                          const block::ByteRange& range) override {
    TARN_TRY(RequireBlocking());
    ++streams;
    SleepForUs(stream_delay_us);
    TARN_TRY_ASSIGN(auto reader, MemStore::Open(object, range));
    return block::StreamOf(std::move(reader), range);
  }
  Result<std::optional<block::ObjectProperties>> Stat(const block::ObjectPointer& object) override {
    ++looks;
    return MemStore::Stat(object);
  }
  Result<std::optional<block::ObjectProperties>> MakeDurable(
      const block::ObjectPointer& object) override {
    ++looks;
    return MemStore::MakeDurable(object);
  }

  std::atomic<int> creates = 0, opens = 0, reads = 0, open_readers = 0, streams = 0, looks = 0;
  std::atomic<int64_t> stream_delay_us = 0;
  std::atomic<uint64_t> bytes_read = 0;

 private:
  block::StoreInfo info_;

  class Reader : public block::ObjectReader {
   public:
    Reader(CountingObjects& store, std::unique_ptr<block::ObjectReader> base)
        : store_(store), base_(std::move(base)) {
      ++store_.open_readers;
    }
    ~Reader() override { --store_.open_readers; }
    block::ObjectProperties properties() const override { return base_->properties(); }
    Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
      TARN_TRY(RequireBlocking());
      ++store_.reads;
      store_.bytes_read += out.size();
      return base_->ReadAt(offset, out);
    }

   private:
    CountingObjects& store_;
    std::unique_ptr<block::ObjectReader> base_;
  };
};

}  // namespace tarn::sst
