// Objects in memory, for tests and for a server that keeps nothing: as strict as the strictest
// store, so that code which works here works on all of them. Level 3; thread-safe.
//
// Stricter than others: names with empty, "." or ".." elements, doubled or outer slashes are
// refused; with `cold_reads` the first read of an object on a thread that must not wait is
// kWouldBlock.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/sync.h"
#include "block/object_store.h"

namespace tarn::block {

struct MemStoreOptions {
  bool import_enabled = false;
  bool cold_reads = false;
};

class MemStore : public ObjectStore {
 public:
  explicit MemStore(Clock& clock, MemStoreOptions options = {});

  const StoreInfo& info() const override { return info_; }
  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override;
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override;
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override;
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override;
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override;
  Status Remove(const ObjectPointer& object) override;
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override;
  Result<ObjectPage> List(const ListRequest& request) override;
  /// A prefix source is a prefix of names, not a directory.
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override;
  Result<std::string> FormatAddress(const ObjectPointer& object) const override;
  Status CheckAddress(const ObjectPointer& object) const override;
  Result<std::string> Locate(const ObjectPointer& object) const override;
  Result<std::string> LocateSource(std::string_view source_uri) const override;

  /// Names of all objects, as public addresses, ascending. For tests.
  std::vector<std::string> Names() const;

 private:
  friend class MemWriter;
  struct Object {
    std::string bytes;
    Timestamp modified;
  };
  using ObjectPtr = std::shared_ptr<const Object>;  // shared with readers, which outlive a name

  ObjectPtr Find(const std::string& name) const;
  Result<Timestamp> Replace(const std::string& name, std::string bytes, bool create_only);

  Clock& clock_;
  const MemStoreOptions options_;
  StoreInfo info_;
  mutable Mutex mutex_;  // guards objects_ and warm_
  std::map<std::string, ObjectPtr> objects_;
  std::set<std::string> warm_;
};

}  // namespace tarn::block
