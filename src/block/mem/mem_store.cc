#include "block/mem/mem_store.h"

#include <algorithm>

#include "base/blocking.h"
#include "base/check.h"
#include "base/sync.h"
#include "block/address.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "codec/url.h"

namespace tarn::block {
namespace {

constexpr size_t kBatchObjects = 256;
constexpr std::string_view kScheme = "mem://";

Status NotFound(const std::string& name) {
  return {Code::kDataNotFound, "no data for key: " + name + ": not found"};
}

/// The name an object is kept under; the rules of the strictest store.
Result<std::string> NameOf(const ObjectPointer& object) {
  TARN_TRY(CheckPlainText(object.address));
  TARN_TRY(CheckPlainText(object.storage_namespace));
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  if (key.type != StorageType::kMem) {
    return Status(Code::kInvalidAddress, "mem block adapter: invalid address storage namespace: " +
                                             std::string(object.storage_namespace));
  }
  std::string name = FormatUri(key);
  const std::string path = "/" + name.substr(kScheme.size());
  if (key.key.empty() || CleanPath(path) != path) {
    return Status(Code::kAddressBlocked, name + ": bad path traversal blocked");
  }
  return name;
}

class MemReader : public ObjectReader {
 public:
  MemReader(std::shared_ptr<const void> owner, std::string_view bytes, Timestamp modified)
      : owner_(std::move(owner)), bytes_(bytes), modified_(modified) {}

  ObjectProperties properties() const override {
    return {static_cast<int64_t>(bytes_.size()), modified_};
  }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    if (offset < 0) return Status(Code::kInvalidValue, "bad index");
    const size_t start = std::min(static_cast<size_t>(offset), bytes_.size());
    const std::string_view part = bytes_.substr(start, out.size());
    std::copy(part.begin(), part.end(), out.begin());
    return part.size();
  }

 private:
  const std::shared_ptr<const void> owner_;  // keeps bytes_ when the name is removed
  const std::string_view bytes_;
  const Timestamp modified_;
};

struct Walked {
  std::string key, address;
  Timestamp modified;
  int64_t size = 0;
  std::string checksum;
};

class MemBatch : public WalkBatch {
 public:
  MemBatch(std::vector<Walked> objects, std::function<bool()> stop)
      : objects_(std::move(objects)), stop_(std::move(stop)) {}
  size_t size() const override { return objects_.size(); }
  Status Read(const std::function<void(const WalkedObject&)>& sink) override {
    for (const Walked& object : objects_) {
      if (stop_ && stop_()) return Status(Code::kCancelled);
      sink({object.key, object.address, object.modified, object.size, object.checksum});
    }
    return {};
  }

 private:
  const std::vector<Walked> objects_;
  const std::function<bool()> stop_;
};

class MemWalker : public ObjectWalker {
 public:
  MemWalker(std::vector<Walked> objects, std::function<bool()> stop)
      : objects_(std::move(objects)), stop_(std::move(stop)) {}
  Result<std::unique_ptr<WalkBatch>> Next() override {
    if (next_ == objects_.size()) return std::unique_ptr<WalkBatch>();
    const size_t end = std::min(next_ + kBatchObjects, objects_.size());
    std::vector<Walked> part(objects_.begin() + static_cast<ptrdiff_t>(next_),
                             objects_.begin() + static_cast<ptrdiff_t>(end));
    next_ = end;
    return std::unique_ptr<WalkBatch>(std::make_unique<MemBatch>(std::move(part), stop_));
  }
  std::string continuation() const override {
    return next_ == 0 ? "" : objects_[next_ - 1].address;
  }

 private:
  const std::vector<Walked> objects_;
  const std::function<bool()> stop_;
  size_t next_ = 0;
};

}  // namespace

class MemWriter : public ObjectWriter {
 public:
  MemWriter(MemStore& store, std::string name, bool create_only)
      : store_(store), name_(std::move(name)), create_only_(create_only) {}
  Status Write(std::span<const char> bytes) override {
    TARN_TRY(RequireBlocking());
    TARN_CHECK(!committed_);
    bytes_.append(bytes.data(), bytes.size());
    return {};
  }
  Result<ObjectProperties> Commit() override {
    TARN_TRY(RequireBlocking());
    TARN_CHECK(!committed_);
    committed_ = true;
    const auto size = static_cast<int64_t>(bytes_.size());
    TARN_TRY_ASSIGN(const Timestamp modified,
                    store_.Replace(name_, std::move(bytes_), create_only_));
    return ObjectProperties{size, modified};
  }

 private:
  MemStore& store_;
  const std::string name_;
  const bool create_only_;
  std::string bytes_;
  bool committed_ = false;
};

MemStore::MemStore(Clock& clock, MemStoreOptions options) : clock_(clock), options_(options) {
  info_.type = "mem";
  info_.namespace_regex = "^mem://";
  info_.namespace_example = "mem://example-bucket/";
  info_.import_support = options.import_enabled;
  info_.multipart_tag_of_bytes = true;
}

MemStore::ObjectPtr MemStore::Find(const std::string& name) const {
  MutexLock lock(mutex_);
  const auto found = objects_.find(name);
  return found == objects_.end() ? nullptr : found->second;
}

Result<Timestamp> MemStore::Replace(const std::string& name, std::string bytes, bool create_only) {
  auto object = std::make_shared<const Object>(Object{std::move(bytes), clock_.Now()});
  MutexLock lock(mutex_);
  if (create_only && objects_.contains(name))
    return Status(Code::kAlreadyExists, name + ": already exists");
  objects_[name] = object;
  return object->modified;
}

Result<std::unique_ptr<ObjectWriter>> MemStore::Create(const ObjectPointer& object,
                                                       const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(std::string name, NameOf(object));
  return std::unique_ptr<ObjectWriter>(std::make_unique<MemWriter>(
      *this, std::move(name), options.create_only || options.by_content));
}

Result<std::unique_ptr<ObjectReader>> MemStore::Open(const ObjectPointer& object,
                                                     const ByteRange& /*first*/) {
  TARN_TRY_ASSIGN(const std::string name, NameOf(object));
  if (options_.cold_reads) {
    MutexLock lock(mutex_);
    if (MayBlock()) {
      warm_.insert(name);
    } else if (!warm_.contains(name)) {
      return Status(Code::kWouldBlock);
    }
  }
  ObjectPtr found = Find(name);
  if (!found) return NotFound(name);
  const std::string_view bytes = found->bytes;
  const Timestamp modified = found->modified;
  return std::unique_ptr<ObjectReader>(
      std::make_unique<MemReader>(std::move(found), bytes, modified));
}

Result<std::unique_ptr<ObjectStream>> MemStore::OpenStream(const ObjectPointer& object,
                                                           const ByteRange& range) {
  TARN_TRY_ASSIGN(auto reader, Open(object, range));
  return StreamOf(std::move(reader), range);
}

Result<std::optional<ObjectProperties>> MemStore::Stat(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string name, NameOf(object));
  const ObjectPtr found = Find(name);
  if (!found) return std::optional<ObjectProperties>();
  return std::optional(
      ObjectProperties{static_cast<int64_t>(found->bytes.size()), found->modified});
}

Result<std::optional<ObjectProperties>> MemStore::MakeDurable(const ObjectPointer& object) {
  return Stat(object);
}

Status MemStore::Remove(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string name, NameOf(object));
  MutexLock lock(mutex_);
  objects_.erase(name);
  return {};
}

Result<ObjectProperties> MemStore::Copy(const ObjectPointer& from, const ObjectPointer& to,
                                        const CopyOptions& /*options*/) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string source, NameOf(from));
  TARN_TRY_ASSIGN(const std::string target, NameOf(to));
  const ObjectPtr found = Find(source);
  if (!found) return NotFound(source);
  TARN_TRY_ASSIGN(const Timestamp modified, Replace(target, found->bytes, /*create_only=*/false));
  return ObjectProperties{static_cast<int64_t>(found->bytes.size()), modified};
}

Result<ObjectPage> MemStore::List(const ListRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(std::string base, Locate({request.storage_namespace, ""}));
  base += '/';
  const std::string prefix = base + std::string(request.prefix);
  const std::string after = base + std::string(request.continuation);
  ObjectPage page;
  MutexLock lock(mutex_);
  for (auto at = objects_.lower_bound(std::max(prefix, after)); at != objects_.end(); ++at) {
    const auto& [name, object] = *at;
    if (!name.starts_with(prefix)) break;
    if (name == after) continue;
    if (page.objects.size() == request.objects_max) {
      page.continuation = page.objects.back().address;
      break;
    }
    page.objects.push_back(
        {name.substr(base.size()), static_cast<int64_t>(object->bytes.size()), object->modified});
  }
  return page;
}

Result<std::unique_ptr<ObjectWalker>> MemStore::Walk(const WalkRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const std::string source, LocateSource(request.source_uri));
  const bool single = request.kind == WalkKind::kObject;
  const size_t base = single ? source.size() : source.rfind('/') + 1;
  std::vector<Walked> objects;
  MutexLock lock(mutex_);
  for (auto at = objects_.lower_bound(source); at != objects_.end(); ++at) {
    const auto& [name, object] = *at;
    if (single ? name != source : !name.starts_with(source)) break;
    if (name <= request.continuation) continue;
    objects.push_back({name.substr(base), name, object->modified,
                       static_cast<int64_t>(object->bytes.size()),
                       ToHex(AsView(Md5(object->bytes)))});
  }
  if (single && objects.empty() && request.continuation.empty()) return NotFound(source);
  return std::unique_ptr<ObjectWalker>(
      std::make_unique<MemWalker>(std::move(objects), request.stop));
}

Result<std::string> MemStore::FormatAddress(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  return FormatUri(key);
}

Status MemStore::CheckAddress(const ObjectPointer& object) const {
  return ToStatus(NameOf(object));
}

Result<std::string> MemStore::Locate(const ObjectPointer& object) const {
  if (!object.address.empty()) return NameOf(object);
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  std::string place = FormatUri(key);
  while (place.ends_with('/')) place.pop_back();
  return place;
}

Result<std::string> MemStore::LocateSource(std::string_view source_uri) const {
  auto uri = ParseRequestUri(source_uri);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse storage URI <nil>: " + std::string(uri.status().message()));
  }
  TARN_TRY_ASSIGN(const StorageType type, StorageTypeOf(uri->scheme));
  if (type != StorageType::kMem) {
    return Status(Code::kInvalidAddress, "expected storage type mem: invalid address");
  }
  return std::string(kScheme) + uri->host + uri->path;
}

std::vector<std::string> MemStore::Names() const {
  MutexLock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, object] : objects_) names.push_back(name);
  return names;
}

}  // namespace tarn::block
