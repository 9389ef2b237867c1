// Any bytes as a sorted table: a file as it is, or one of our own with some bytes changed. All
// checksums are made right, so that what lies behind them is reached. Reading ends with an error or
// with keys that ascend and are found; an unchanged table gives back what was written.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "base/check.h"
#include "block/mem/mem_store.h"
#include "codec/crc32c.h"
#include "codec/fixed.h"
#include "sst/block.h"
#include "sst/format.h"
#include "sst/index_block.h"
#include "sst/table_store.h"

namespace tarn::sst {
namespace {

const StorageNamespace kNamespace("mem://bucket/prefix");
const std::string kId(64, 'a');
constexpr uint8_t kWholeFile = 0xff;
constexpr size_t kChangesMax = 16;
constexpr size_t kHandlesMax = 100;

using Records = std::map<std::string, std::string>;

/// Takes up to `size` bytes off the front.
std::string Take(std::string_view* bytes, size_t size) {
  const std::string taken(bytes->substr(0, size));
  bytes->remove_prefix(taken.size());
  return taken;
}

uint8_t TakeByte(std::string_view* bytes) {
  const std::string taken = Take(bytes, 1);
  return taken.empty() ? 0 : static_cast<uint8_t>(taken[0]);
}

/// Makes the checksum of a block right.
void Seal(std::string* file, BlockHandle handle) {
  if (!IsWithin(handle, file->size())) return;
  const size_t covered = handle.size + 1;
  std::string checksum;
  AppendLe(&checksum, MaskCrc(Crc32c(std::string_view(*file).substr(handle.offset, covered))));
  file->replace(handle.offset + covered, checksum.size(), checksum);
}

std::string_view Stored(const std::string& file, BlockHandle handle) {
  return std::string_view(file).substr(handle.offset, handle.size + kBlockTrailerBytes);
}

/// Makes the checksums of an index and of all it leads to right.
void SealIndex(std::string* file, BlockHandle handle, int levels) {
  Seal(file, handle);
  if (levels == 0 || !IsWithin(handle, file->size())) return;
  const std::string stored(Stored(*file, handle));
  const auto index = IndexBlock::Make(stored, "file", handle.offset, file->size());
  if (!index.ok()) return;
  for (size_t i = 0; i < std::min((*index)->size(), kHandlesMax); ++i) {
    SealIndex(file, (*index)->handle(i), levels - 1);
  }
}

void SealAll(std::string* file) {
  std::string why;
  const auto footer = ParseFooter(*file, &why);
  if (!footer) return;
  SealIndex(file, footer->index, 2);
  Seal(file, footer->metaindex);
  if (!IsWithin(footer->metaindex, file->size())) return;
  const std::string stored(Stored(*file, footer->metaindex));
  const auto metaindex = Block::Make(stored, "file", footer->metaindex.offset);
  if (!metaindex.ok()) return;
  BlockCursor cursor(metaindex->get(), 0);
  size_t seen = 0;
  for (cursor.SeekToFirst(); cursor.valid() && seen < kHandlesMax; cursor.Next(), ++seen) {
    std::string_view value = cursor.value();
    if (const auto handle = ConsumeHandle(&value)) Seal(file, *handle);
  }
}

std::string WriteTable(const Records& records) {
  TableWriter writer(TableType::kRange);
  for (const auto& [key, data] : records) TARN_CHECK(writer.Add(key, {"identity", data}).ok());
  auto table = writer.Finish();
  TARN_CHECK(table.ok());
  return std::move(table->bytes);
}

Result<Records> ReadAll(const std::string& file) {
  block::MemStore objects(SystemClock());
  TableStore store(objects, {.cache_bytes = 1 << 20});
  TARN_TRY(block::PutObject(objects, {kNamespace.view(), store.AddressOf(kId)}, file));
  TARN_TRY(store.Properties(kNamespace, kId));
  TARN_TRY_ASSIGN(const auto at, store.Iterate(kNamespace, kId));
  Records records;
  TARN_TRY(at->Seek(""));
  while (at->Valid()) {
    const bool ascends = records.empty() || records.rbegin()->first < at->key();
    TARN_CHECK(ascends);
    records.emplace_hint(records.end(), at->key(), at->value().data);
    TARN_TRY(at->Next());
  }
  for (const auto& [key, data] : records) {
    TARN_TRY(store.Get(kNamespace, kId, key));
    TARN_TRY(store.LowerBound(kNamespace, kId, key + "\x01"));
    TARN_TRY(at->Seek(key));
  }
  return records;
}

void Run(std::string_view bytes) {
  const uint8_t choice = TakeByte(&bytes);
  if (choice == kWholeFile) {
    std::string file(bytes);
    SealAll(&file);
    IgnoreError(ReadAll(file).status(), "it must only end");
    return;
  }
  const std::string changes = Take(&bytes, choice % kChangesMax * 3);
  Records records;
  while (!bytes.empty()) {
    const uint8_t key_size = TakeByte(&bytes);
    const uint8_t data_size = TakeByte(&bytes);
    std::string key = Take(&bytes, key_size % 32);
    std::string data = Take(&bytes, data_size % 32);
    // Long runs make blocks, and indexes of blocks, from short inputs.
    data.append(static_cast<size_t>(data_size / 32) * 300, data_size % 2 == 0 ? 'x' : '\0');
    records[std::move(key)] = std::move(data);
  }
  if (records.empty()) return;
  std::string file = WriteTable(records);
  for (size_t i = 0; i + 3 <= changes.size(); i += 3) {
    // Counted from the end, where all that leads to the rest lies.
    const size_t back = LoadLe<uint16_t>(changes.data() + i) % file.size();
    char& byte = file[file.size() - 1 - back];
    byte = static_cast<char>(byte ^ changes[i + 2]);
  }
  // Data blocks that look like indexes are sealed as such, which an unchanged file must be spared.
  if (!changes.empty()) SealAll(&file);
  const auto read = ReadAll(file);
  if (changes.size() < 3) TARN_CHECK(read.ok() && *read == records);
}

}  // namespace
}  // namespace tarn::sst

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::sst::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
