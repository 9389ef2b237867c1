// An object store that counts what is written and opened, and fails on demand.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "block/layers/forwarding_store.h"

namespace tarn::committed {

class CountingStore final : public block::ForwardingStore {
 public:
  explicit CountingStore(block::ObjectStore& store) : ForwardingStore(store) {}

  /// Names of the objects written since Reset, each once per commit of a writer.
  std::multiset<std::string> written() const;
  /// Names of the objects opened since Reset.
  std::multiset<std::string> opened() const;
  void Reset();
  /// Lets all writes fail (kNoSpace) after this many; negative: never.
  void FailWritesAfter(int writes);

  Result<std::unique_ptr<block::ObjectWriter>> Create(const block::ObjectPointer& object,
                                                      const block::WriteOptions& options) override;
  Result<block::ObjectProperties> Put(const block::ObjectPointer& object, std::string_view bytes,
                                      const block::WriteOptions& options) override;
  Result<std::unique_ptr<block::ObjectReader>> Open(const block::ObjectPointer& object,
                                                    const block::ByteRange& first) override;

 private:
  Status CountWrite(const block::ObjectPointer& object);

  mutable std::mutex mutex_;
  std::multiset<std::string> written_, opened_;  // guarded by mutex_
  int writes_left_ = -1;                         // guarded by mutex_
};

}  // namespace tarn::committed
