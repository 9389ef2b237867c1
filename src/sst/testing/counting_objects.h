// The memory object store, counting what is opened and read, for tests of sorted tables. On threads
// that must not wait every read is kWouldBlock: stricter than any store. Thread-safe.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/blocking.h"
#include "block/mem/mem_store.h"

namespace tarn::sst {

class CountingObjects : public block::MemStore {
 public:
  CountingObjects() : MemStore(SystemClock()) {}

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

  std::atomic<int> creates = 0, opens = 0, reads = 0, open_readers = 0;
  std::atomic<uint64_t> bytes_read = 0;

 private:
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
