#include "block/object_store.h"

namespace tarn::block {

Result<ObjectProperties> ObjectStore::Put(const ObjectPointer& object, std::string_view bytes,
                                          const WriteOptions& options) {
  WriteOptions sized = options;
  sized.size_hint = static_cast<int64_t>(bytes.size());
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectWriter> writer, Create(object, sized));
  TARN_TRY(writer->Write(bytes));
  return writer->Commit();
}

Status ObjectStore::RemoveAll(std::string_view storage_namespace,
                              std::span<const std::string> addresses) {
  for (const std::string& address : addresses) TARN_TRY(Remove({storage_namespace, address}));
  return {};
}

Result<PresignedUrl> ObjectStore::Presign(const PresignRequest& /*request*/) {
  return Status(Code::kUnsupported,
                info().type + " adapter presigned URL: operation not supported");
}

Result<std::optional<std::string>> ObjectStore::StorageClass(const ObjectPointer& /*object*/) {
  return std::optional<std::string>();
}

Result<std::optional<std::string>> ObjectStore::Region(std::string_view /*storage_namespace*/) {
  return std::optional<std::string>();
}

Result<ObjectProperties> PutObject(ObjectStore& store, const ObjectPointer& object,
                                   std::string_view bytes) {
  return store.Put(object, bytes, {});
}

Result<bool> PutByContent(ObjectStore& store, const ObjectPointer& object, std::string_view bytes) {
  if (store.info().is_remote) {
    const auto stored = store.Put(object, bytes, {.by_content = true});
    if (stored.code() == Code::kAlreadyExists) return false;
    TARN_TRY(stored.status());
    return true;
  }
  TARN_TRY_ASSIGN(const auto existing, store.MakeDurable(object));
  // Another size is what a power cut left of one that was stored without syncs.
  if (existing && existing->size == static_cast<int64_t>(bytes.size())) return true;
  TARN_TRY(PutObject(store, object, bytes));
  return true;
}

Result<std::string> GetObject(ObjectStore& store, const ObjectPointer& object,
                              int64_t size_bytes_max) {
  TARN_TRY_ASSIGN(const std::unique_ptr<ObjectStream> stream, store.OpenStream(object, {}));
  const int64_t size = stream->properties().size;
  if (size > size_bytes_max) {
    return Status(Code::kTooLarge, "object of " + std::to_string(size) +
                                       " bytes is over the limit of " +
                                       std::to_string(size_bytes_max));
  }
  std::string bytes(static_cast<size_t>(size), '\0');
  for (size_t at = 0; at < bytes.size();) {
    TARN_TRY_ASSIGN(const size_t got, stream->Read(std::span(bytes).subspan(at)));
    if (got == 0) return Status(Code::kIo, "object is shorter than its store says");
    at += got;
  }
  return bytes;
}

}  // namespace tarn::block
