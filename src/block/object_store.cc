#include "block/object_store.h"

#include <algorithm>

namespace tarn::block {
namespace {

constexpr size_t kCopyBytes = 256 << 10;

}  // namespace

Status ObjectWriter::Append(ObjectReader& from, int64_t offset, int64_t length) {
  std::vector<char> buffer(std::min(kCopyBytes, static_cast<size_t>(length)));
  while (length > 0) {
    const size_t wanted = std::min(buffer.size(), static_cast<size_t>(length));
    TARN_TRY_ASSIGN(const size_t got, from.ReadAt(offset, std::span(buffer).first(wanted)));
    if (got == 0) return {Code::kIo, "object is shorter than its store says"};
    TARN_TRY(Write({buffer.data(), got}));
    offset += static_cast<int64_t>(got);
    length -= static_cast<int64_t>(got);
  }
  return {};
}

Status ObjectStore::RemoveAll(std::string_view storage_namespace,
                              std::span<const std::string> addresses) {
  for (const std::string& address : addresses) TARN_TRY(Remove({storage_namespace, address}));
  return {};
}

bool IsWithin(std::string_view place, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return place.starts_with(folder) &&
         (place.size() == folder.size() || place[folder.size()] == '/');
}

Result<ObjectProperties> PutObject(ObjectStore& store, const ObjectPointer& object,
                                   std::string_view bytes) {
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectWriter> writer,
                  store.Create(object, {static_cast<int64_t>(bytes.size())}));
  TARN_TRY(writer->Write(bytes));
  return writer->Commit();
}

Status PutByContent(ObjectStore& store, const ObjectPointer& object, std::string_view bytes) {
  TARN_TRY_ASSIGN(const auto existing, store.MakeDurable(object));
  // Another size is what a power cut left of one that was stored without syncs.
  if (existing && existing->size == static_cast<int64_t>(bytes.size())) return {};
  return ToStatus(PutObject(store, object, bytes));
}

Result<std::string> GetObject(ObjectStore& store, const ObjectPointer& object,
                              int64_t size_bytes_max) {
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectReader> reader, store.Open(object));
  const int64_t size = reader->properties().size;
  if (size > size_bytes_max) {
    return Status(Code::kTooLarge, "object of " + std::to_string(size) +
                                       " bytes is over the limit of " +
                                       std::to_string(size_bytes_max));
  }
  std::string bytes(static_cast<size_t>(size), '\0');
  TARN_TRY_ASSIGN(const size_t got, reader->ReadAt(0, bytes));
  bytes.resize(got);
  return bytes;
}

}  // namespace tarn::block
