#include "sst/disk_cache.h"

#include "codec/digest.h"
#include "codec/hex.h"
#include "sst/cache_folder.h"
#include "sst/open_table.h"

namespace tarn::sst {
namespace {

// 128 bits tell namespaces apart; the id of a table would have to be the same as well.
constexpr size_t kNamespaceDigits = 32;

/// What the names of a table's files begin with: one id may name two files in two namespaces.
std::string StemOf(const TableName& name) {
  return name.id + "." + ToHex(AsView(Sha256(name.storage_namespace))).substr(0, kNamespaceDigits);
}

}  // namespace

DiskCache::DiskCache(const DiskCacheOptions& options, block::FileLayer& files, Clock& clock,
                     DiskCacheSink& sink)
    : sink_(sink) {
  const std::string own = options.directory + "/tarn";
  folders_[0] = std::make_unique<CacheFolder>(
      TableType::kRange, own + "/range", options.range_bytes_max, CacheTools{files, clock, sink});
  folders_[1] =
      std::make_unique<CacheFolder>(TableType::kMetarange, own + "/meta-range",
                                    options.metarange_bytes_max, CacheTools{files, clock, sink});
}
DiskCache::~DiskCache() = default;

Result<std::unique_ptr<block::ObjectReader>> DiskCache::Open(const TableName& name) {
  const std::string stem = StemOf(name);
  std::unique_ptr<block::ObjectReader> reader;
  for (const auto& folder : folders_) {
    TARN_TRY_ASSIGN(reader, folder->Open(stem));
    if (reader != nullptr) break;
  }
  return reader;
}

bool DiskCache::Wants(TableType type, uint64_t bytes) const { return FolderOf(type).Wants(bytes); }

std::unique_ptr<CopyWriter> DiskCache::Create(const TableName& name, TableType type,
                                              uint64_t bytes) {
  return FolderOf(type).Create(StemOf(name), bytes);
}

void DiskCache::Drop(const TableName& name) {
  const std::string stem = StemOf(name);
  for (const auto& folder : folders_) folder->Drop(stem);
}

void DiskCache::Settle() {
  for (const auto& folder : folders_) folder->Settle();
}

}  // namespace tarn::sst
