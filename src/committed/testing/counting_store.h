// An object store that counts what is written and opened, and fails on demand.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "block/object_store.h"

namespace tarn::committed {

class CountingStore final : public block::ObjectStore {
 public:
  explicit CountingStore(block::ObjectStore& store) : store_(store) {}

  /// Names of the objects written since Reset, each once per commit of a writer.
  std::multiset<std::string> written() const;
  /// Names of the objects opened since Reset.
  std::multiset<std::string> opened() const;
  void Reset();
  /// Lets all writes fail (kNoSpace) after this many; negative: never.
  void FailWritesAfter(int writes);

  const block::StoreInfo& info() const override { return store_.info(); }
  Result<std::unique_ptr<block::ObjectWriter>> Create(const block::ObjectPointer& object,
                                                      const block::WriteOptions& options) override;
  Result<std::unique_ptr<block::ObjectReader>> Open(const block::ObjectPointer& object) override;
  Result<bool> Exists(const block::ObjectPointer& object) override { return store_.Exists(object); }
  Result<std::optional<block::ObjectProperties>> MakeDurable(
      const block::ObjectPointer& object) override {
    return store_.MakeDurable(object);
  }
  Status Remove(const block::ObjectPointer& object) override { return store_.Remove(object); }
  Result<block::ObjectProperties> Copy(const block::ObjectPointer& from,
                                       const block::ObjectPointer& to,
                                       const block::CopyOptions& options) override {
    return store_.Copy(from, to, options);
  }
  Result<std::unique_ptr<block::ObjectWalker>> Walk(std::string_view source_uri,
                                                    block::WalkKind kind,
                                                    std::function<bool()> stop) override {
    return store_.Walk(source_uri, kind, std::move(stop));
  }
  Result<std::string> FormatAddress(const block::ObjectPointer& object) const override {
    return store_.FormatAddress(object);
  }
  Status CheckAddress(const block::ObjectPointer& object) const override {
    return store_.CheckAddress(object);
  }
  Result<std::string> Locate(const block::ObjectPointer& object) const override {
    return store_.Locate(object);
  }
  Result<std::string> LocateSource(std::string_view source_uri) const override {
    return store_.LocateSource(source_uri);
  }

 private:
  block::ObjectStore& store_;
  mutable std::mutex mutex_;
  std::multiset<std::string> written_, opened_;  // guarded by mutex_
  int writes_left_ = -1;                         // guarded by mutex_
};

}  // namespace tarn::committed
