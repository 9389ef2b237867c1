#include "block/azure/azure_store.h"

#include <span>
#include <utility>
#include <vector>

#include "base/blocking.h"
#include "block/address.h"
#include "block/azure/answers.h"
#include "block/azure/blob.h"
#include "block/azure/blob_lister.h"
#include "block/azure/blob_writer.h"
#include "block/azure/copy_blob.h"
#include "block/azure/location.h"
#include "block/remote/key_walker.h"
#include "block/remote/object_ranges.h"
#include "codec/url.h"
#include "http/content_disposition.h"

namespace tarn::block {
namespace {

constexpr size_t kPieceBytes = 64 << 10;

}  // namespace

AzureStore::AzureStore(AzureStoreOptions options, std::unique_ptr<azure::TokenSource> tokens,
                       Clock& clock, Random& random)
    : options_(std::move(options)),
      client_(options_.client, std::move(tokens), clock),
      random_(random),
      retrier_(options_.retry, random),
      upload_budget_(options_.upload_bytes_max) {
  info_.type = "azure";
  info_.is_remote = true;
  info_.namespace_regex = R"(^https?://[a-z0-9_-]+\.)" + domain();
  info_.namespace_example = "https://mystorageaccount." + domain() + "/mycontainer/";
  info_.default_namespace_prefix = options_.default_namespace_prefix;
  info_.import_support = true;
  info_.presign_support = options_.pre_signed;
  info_.presign_ui_support = options_.pre_signed && options_.pre_signed_ui;
}

Result<azure::Location> AzureStore::LocationOf(const ObjectPointer& object) const {
  return azure::LocationOf(object, domain());
}

Result<std::unique_ptr<ObjectWriter>> AzureStore::Create(const ObjectPointer& object,
                                                         const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(azure::Location location, LocationOf(object));
  return std::unique_ptr<ObjectWriter>(
      std::make_unique<azure::BlobWriter>(tools(), std::move(location), upload_budget_, options));
}

Result<ObjectProperties> AzureStore::Put(const ObjectPointer& object, std::string_view bytes,
                                         const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(azure::Location location, LocationOf(object));
  return azure::BlockUpload(tools(), std::move(location))
      .Put(bytes, options.create_only || options.by_content);
}

Result<std::unique_ptr<ObjectReader>> AzureStore::Open(const ObjectPointer& object,
                                                       const ByteRange& first) {
  TARN_TRY_ASSIGN(azure::Location location, LocationOf(object));
  return remote::OpenReader(std::make_unique<azure::BlobRanges>(client_, std::move(location)),
                            first);
}

Result<std::unique_ptr<ObjectStream>> AzureStore::OpenStream(const ObjectPointer& object,
                                                             const ByteRange& range) {
  TARN_TRY_ASSIGN(azure::Location location, LocationOf(object));
  azure::BlobRanges source(client_, std::move(location));
  return remote::OpenStream(source, range);
}

Result<std::optional<ObjectProperties>> AzureStore::Stat(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(azure::Location location, LocationOf(object));
  return azure::BlobRanges(client_, std::move(location)).Stat();
}

Result<std::optional<ObjectProperties>> AzureStore::MakeDurable(const ObjectPointer& object) {
  return Stat(object);
}

Status AzureStore::Remove(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const azure::Location location, LocationOf(object));
  return azure::DeleteBlob(client_, location);
}

Result<ObjectProperties> AzureStore::Copy(const ObjectPointer& from, const ObjectPointer& to,
                                          const CopyOptions& /*options*/) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const azure::Location source, LocationOf(from));
  TARN_TRY_ASSIGN(azure::Location target, LocationOf(to));
  if (!azure::CanCopyInside(client_)) return CopyThrough(from, std::move(target));
  auto copied = azure::CopyBlob(tools(), source, target);
  return copied.code() == Code::kUnsupported ? CopyThrough(from, std::move(target))
                                             : std::move(copied);
}

/// Reads and writes, where the service cannot copy.
Result<ObjectProperties> AzureStore::CopyThrough(const ObjectPointer& from, azure::Location to) {
  TARN_TRY_ASSIGN(const auto stream, OpenStream(from, {}));
  azure::BlobWriter writer(tools(), std::move(to), upload_budget_,
                           {.size_hint = stream->properties().size});
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    TARN_TRY_ASSIGN(const size_t got, stream->Read(piece));
    if (got == 0) return writer.Commit();
    TARN_TRY(writer.Write(std::span(piece).first(got)));
  }
}

Result<ObjectPage> AzureStore::List(const ListRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const azure::Location base,
                  azure::LocationOfNamespace(request.storage_namespace, domain()));
  return azure::ListPage(client_, base, request);
}

Result<std::unique_ptr<ObjectWalker>> AzureStore::Walk(const WalkRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const azure::Location source,
                  azure::LocationOfSource(request.source_uri, domain()));
  remote::WalkSource walked;
  walked.key = source.blob;
  walked.uri_prefix = azure::UriOf({source.account, source.container, ""}, domain());
  walked.escape = EscapePath;
  walked.list = [&](std::string_view after) {
    return azure::ListBlobs(client_, source, after, {request.stop, &listing_});
  };
  walked.stat = [&]() -> Result<std::optional<remote::ListedKey>> {
    TARN_TRY_ASSIGN(const auto head, azure::Look(client_, source));
    if (!head) return std::optional<remote::ListedKey>();
    const ObjectProperties& properties = head->properties;
    return std::optional(
        remote::ListedKey{source.blob, properties.size, properties.last_modified,
                          azure::ImportTagOf(head->content_md5, properties.entity_tag)});
  };
  return remote::Walk(walked, request);
}

Result<PresignedUrl> AzureStore::Presign(const PresignRequest& request) {
  if (!info_.presign_support || !request.part.upload_id.empty()) {
    return ObjectStore::Presign(request);
  }
  TARN_TRY_ASSIGN(const azure::Location location, LocationOf(request.object));
  const bool is_read = request.verb == PresignRequest::Verb::kRead;
  const std::string disposition =
      is_read && !request.file_name.empty() ? http::AttachmentDisposition(request.file_name) : "";
  TARN_TRY_ASSIGN(auto made, client_.Presign(location.place(), is_read ? "r" : "raw", disposition));
  return PresignedUrl{std::move(made.url), made.expires_seconds};
}

Result<std::optional<std::string>> AzureStore::StorageClass(const ObjectPointer& object) {
  TARN_TRY_ASSIGN(const azure::Location location, LocationOf(object));
  TARN_TRY_ASSIGN(const auto answer, client_.Send({.operation = "Get Blob Properties",
                                                   .method = "HEAD",
                                                   .place = location.place()}));
  return std::optional<std::string>(answer->Get("x-ms-access-tier"));
}

Result<std::string> AzureStore::FormatAddress(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  return FormatUri(key);
}

Status AzureStore::CheckAddress(const ObjectPointer& object) const {
  return ToStatus(LocationOf(object));
}

Result<std::string> AzureStore::Locate(const ObjectPointer& object) const {
  if (!object.address.empty()) {
    TARN_TRY_ASSIGN(const azure::Location location, LocationOf(object));
    return azure::PlaceOf(location, domain());
  }
  TARN_TRY_ASSIGN(const azure::Location location,
                  azure::LocationOfNamespace(object.storage_namespace, domain()));
  std::string place = azure::PlaceOf(location, domain());
  while (place.ends_with('/')) place.pop_back();
  return place;
}

Result<std::string> AzureStore::LocateSource(std::string_view source_uri) const {
  TARN_TRY_ASSIGN(const azure::Location location, azure::LocationOfSource(source_uri, domain()));
  return azure::PlaceOf(location, domain());
}

}  // namespace tarn::block
