#include "block/object_store.h"

namespace tarn::block {

Result<ObjectProperties> PutObject(ObjectStore& store, const ObjectPointer& object,
                                   std::string_view bytes) {
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectWriter> writer,
                  store.Create(object, {static_cast<int64_t>(bytes.size())}));
  TARN_TRY(writer->Write(bytes));
  return writer->Commit();
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
