#include "sst/table_store.h"

#include <algorithm>
#include <cstring>

#include "base/blocking.h"
#include "sst/block_loader.h"
#include "sst/bytes_reader.h"
#include "sst/single_flight.h"
#include "sst/table_copies.h"
#include "sst/table_iterator.h"

namespace tarn::sst {
namespace {

constexpr size_t kIdCharacters = 64;
constexpr size_t kIdleReadersMax = 256;
// About 300 bytes each: 2.5 MB when full, enough for the ranges of two million entries.
constexpr size_t kResumePointsMax = 8192;

bool IsTableId(std::string_view id) {
  return id.size() == kIdCharacters && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// Two tables with the same key may differ in namespace only; the value tells.
CacheKey KeyOf(std::string_view storage_namespace, std::string_view id) {
  std::array<uint64_t, 5> words;
  words[0] = std::hash<std::string_view>()(storage_namespace);
  // 32 of the 64 hexadecimal digits of a SHA-256: no two tables share them.
  std::memcpy(&words[1], id.data(), 4 * sizeof(uint64_t));
  return {CacheKind::kTable, words};
}

}  // namespace

class TableStore::Impl {
 public:
  Impl(block::ObjectStore& objects, const TableStoreOptions& options)
      : objects_(objects),
        prefix_(options.block_storage_prefix),
        cache_(options.cache_bytes),
        readers_(objects, kIdleReadersMax),
        copies_(options.disk_cache == nullptr
                    ? nullptr
                    : std::make_unique<TableCopies>(objects, *options.disk_cache)),
        loader_(readers_, cache_, copies_.get()),
        resume_(kResumePointsMax) {}

  std::string AddressOf(std::string_view id) const { return prefix_ + "/" + std::string(id); }
  BlockLoader& loader() { return loader_; }
  std::shared_ptr<const ResumeInfo> ResumeOf(std::string_view id) { return resume_.Get(id); }

  Status Write(const StorageNamespace& ns, const Table& table);
  Result<std::shared_ptr<const OpenTable>> Open(const StorageNamespace& ns, std::string_view id);

  /// Positions at the first record with a key >= `key`; the cursor is not valid if there is none.
  struct Position {
    std::shared_ptr<const Block> block;
    BlockCursor entry;
  };
  Result<Position> Find(const OpenTable& table, std::string_view key);
  Result<PinnedValue> Pin(const OpenTable& table, Position position);

 private:
  TableName NameOf(const StorageNamespace& ns, std::string_view id) const {
    return {ns.str(), std::string(id), AddressOf(id)};
  }
  std::shared_ptr<const OpenTable> Remembered(const StorageNamespace& ns, std::string_view id);
  Result<std::shared_ptr<const OpenTable>> OpenCold(const StorageNamespace& ns,
                                                    const TableName& name);
  void Remember(const StorageNamespace& ns, std::shared_ptr<const OpenTable> table) {
    const CacheKey key = KeyOf(ns.view(), table->name().id);
    const size_t bytes = table->memory_bytes();
    cache_.Put(key, std::move(table), bytes);
  }

  block::ObjectStore& objects_;
  const std::string prefix_;
  LruCache cache_;
  ReaderPool readers_;
  const std::unique_ptr<TableCopies> copies_;  // Null where reads cost no request.
  SingleFlight opens_;
  BlockLoader loader_;
  ResumeCache resume_;
};

Status TableStore::Impl::Write(const StorageNamespace& ns, const Table& table) {
  const std::string address = AddressOf(table.id);
  const block::ObjectPointer object{ns.view(), address, AddressType::kRelative};
  TARN_TRY_ASSIGN(const bool is_there, block::PutByContent(objects_, object, table.bytes));
  if (table.resume != nullptr) resume_.Put(table.id, table.resume);
  if (!is_there) return Status();  // What is there is read when it is needed.
  BytesReader reader(table.bytes);
  TARN_TRY_ASSIGN(auto open, OpenTable::Open(NameOf(ns, table.id), reader));
  if (copies_ != nullptr) copies_->Keep(*open, table.bytes);
  Remember(ns, std::move(open));
  return Status();
}

Result<std::shared_ptr<const OpenTable>> TableStore::Impl::Open(const StorageNamespace& ns,
                                                                std::string_view id) {
  if (id.size() != kIdCharacters) return Status(Code::kDataNotFound, "not found");
  if (auto cached = Remembered(ns, id)) return cached;
  // Ids come from clients too: nothing else may become an address.
  if (!IsTableId(id)) return Status(Code::kDataNotFound, "not found");
  const TableName name = NameOf(ns, id);
  if (copies_ == nullptr || !MayBlock()) return OpenCold(ns, name);
  // One request for all who come at the same time.
  Result<std::shared_ptr<const OpenTable>> opened = Status(Code::kInternal);
  if (opens_.Run(name.ToString(), [&] { opened = OpenCold(ns, name); })) return opened;
  if (auto cached = Remembered(ns, id)) return cached;
  return OpenCold(ns, name);
}

std::shared_ptr<const OpenTable> TableStore::Impl::Remembered(const StorageNamespace& ns,
                                                              std::string_view id) {
  auto table = std::static_pointer_cast<const OpenTable>(cache_.Get(KeyOf(ns.view(), id)));
  if (table == nullptr || table->name().id != id || table->name().storage_namespace != ns.view()) {
    return nullptr;
  }
  return table;
}

Result<std::shared_ptr<const OpenTable>> TableStore::Impl::OpenCold(const StorageNamespace& ns,
                                                                    const TableName& name) {
  std::shared_ptr<const OpenTable> table;
  if (copies_ != nullptr) {
    TARN_TRY_ASSIGN(table, copies_->Open(name));
  } else {
    TARN_TRY_ASSIGN(auto reader, readers_.Open(name));
    TARN_TRY_ASSIGN(table, OpenTable::Open(name, *reader));
    readers_.Return(*table, std::move(reader));
  }
  Remember(ns, table);
  return table;
}

Result<TableStore::Impl::Position> TableStore::Impl::Find(const OpenTable& table,
                                                          std::string_view key) {
  Position found;
  IndexCursor index(table, loader_);
  TARN_TRY(index.Seek(key));
  while (index.valid()) {
    TARN_TRY_ASSIGN(found.block, loader_.Data(table, index.handle()));
    found.entry = BlockCursor(found.block.get(), kKeyTrailerBytes);
    found.entry.Seek(key);
    if (found.entry.damaged()) {
      return CorruptTable(table.file(), found.block->offset(), "malformed record");
    }
    // A separator may be greater than the last key of its block.
    if (found.entry.valid()) break;
    TARN_TRY(index.Next());
  }
  return found;
}

Result<PinnedValue> TableStore::Impl::Pin(const OpenTable& table, Position position) {
  TARN_TRY_ASSIGN(const ValueView value,
                  ReadRecordValue(position.entry, table.file(), position.block->offset()));
  return PinnedValue(std::move(position.block), value);
}

TableStore::TableStore(block::ObjectStore& objects, TableStoreOptions options)
    : impl_(std::make_unique<Impl>(objects, options)) {}
TableStore::~TableStore() = default;

Status TableStore::Write(const StorageNamespace& storage_namespace, const Table& table) {
  return impl_->Write(storage_namespace, table);
}

Result<std::optional<PinnedValue>> TableStore::Get(const StorageNamespace& storage_namespace,
                                                   std::string_view id, std::string_view key) {
  TARN_TRY_ASSIGN(const auto table, impl_->Open(storage_namespace, id));
  TARN_TRY_ASSIGN(auto found, impl_->Find(*table, key));
  if (!found.entry.valid() || UserKey(found.entry.key()) != key) {
    return std::optional<PinnedValue>();
  }
  TARN_TRY_ASSIGN(auto value, impl_->Pin(*table, std::move(found)));
  return std::optional<PinnedValue>(std::move(value));
}

Result<std::optional<std::pair<std::string, PinnedValue>>> TableStore::LowerBound(
    const StorageNamespace& storage_namespace, std::string_view id, std::string_view key) {
  using Record = std::pair<std::string, PinnedValue>;
  TARN_TRY_ASSIGN(const auto table, impl_->Open(storage_namespace, id));
  TARN_TRY_ASSIGN(auto found, impl_->Find(*table, key));
  if (!found.entry.valid()) return std::optional<Record>();
  std::string found_key(UserKey(found.entry.key()));
  TARN_TRY_ASSIGN(auto value, impl_->Pin(*table, std::move(found)));
  return std::optional<Record>(Record(std::move(found_key), std::move(value)));
}

Result<std::unique_ptr<TableIterator>> TableStore::Iterate(
    const StorageNamespace& storage_namespace, std::string_view id) {
  TARN_TRY_ASSIGN(auto table, impl_->Open(storage_namespace, id));
  return std::unique_ptr<TableIterator>(
      std::make_unique<StoreIterator>(std::move(table), impl_->loader(), impl_->ResumeOf(id)));
}

Result<std::map<std::string, std::string>> TableStore::Properties(
    const StorageNamespace& storage_namespace, std::string_view id) {
  TARN_TRY_ASSIGN(const auto table, impl_->Open(storage_namespace, id));
  return table->Properties();
}

std::string TableStore::AddressOf(std::string_view id) const { return impl_->AddressOf(id); }

}  // namespace tarn::sst
