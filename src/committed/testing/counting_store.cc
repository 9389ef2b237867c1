#include "committed/testing/counting_store.h"

namespace tarn::committed {

std::multiset<std::string> CountingStore::written() const {
  std::lock_guard lock(mutex_);
  return written_;
}

std::multiset<std::string> CountingStore::opened() const {
  std::lock_guard lock(mutex_);
  return opened_;
}

void CountingStore::Reset() {
  std::lock_guard lock(mutex_);
  written_.clear();
  opened_.clear();
}

void CountingStore::FailWritesAfter(int writes) {
  std::lock_guard lock(mutex_);
  writes_left_ = writes;
}

Status CountingStore::CountWrite(const block::ObjectPointer& object) {
  std::lock_guard lock(mutex_);
  if (writes_left_ == 0) return Status(Code::kNoSpace, "no space left on device");
  if (writes_left_ > 0) --writes_left_;
  written_.emplace(object.address);
  return {};
}

Result<std::unique_ptr<block::ObjectWriter>> CountingStore::Create(
    const block::ObjectPointer& object, const block::WriteOptions& options) {
  TARN_TRY(CountWrite(object));
  return under().Create(object, options);
}

Result<block::ObjectProperties> CountingStore::Put(const block::ObjectPointer& object,
                                                   std::string_view bytes,
                                                   const block::WriteOptions& options) {
  TARN_TRY(CountWrite(object));
  return under().Put(object, bytes, options);
}

Result<std::unique_ptr<block::ObjectReader>> CountingStore::Open(const block::ObjectPointer& object,
                                                                 const block::ByteRange& first) {
  {
    std::lock_guard lock(mutex_);
    opened_.emplace(object.address);
  }
  return under().Open(object, first);
}

}  // namespace tarn::committed
