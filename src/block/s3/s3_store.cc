#include "block/s3/s3_store.h"

#include <utility>
#include <vector>

#include "base/blocking.h"
#include "block/address.h"
#include "block/remote/list_page.h"
#include "block/s3/copy_object.h"
#include "block/s3/delete_objects.h"
#include "block/s3/key_lister.h"
#include "block/s3/location.h"
#include "block/s3/object_ranges.h"
#include "block/s3/put_object.h"
#include "http/content_disposition.h"

namespace tarn::block {

S3Store::S3Store(S3StoreOptions options, std::unique_ptr<http::aws::CredentialSource> credentials,
                 Clock& clock, Random& random)
    : options_(std::move(options)),
      client_(options_.client, std::move(credentials), options_.credential_window_seconds, clock),
      retrier_(options_.retry, random),
      upload_budget_(options_.upload_bytes_max),
      client_uploads_(client_, retrier_, options_.encryption, options_.pre_signed_seconds) {
  info_.type = "s3";
  info_.is_remote = true;
  info_.namespace_regex = "^s3://";
  info_.namespace_example = "s3://example-bucket/";
  info_.default_namespace_prefix = options_.default_namespace_prefix;
  info_.import_support = true;
  info_.region = options_.client.region;
  info_.presign_support = options_.pre_signed;
  info_.presign_ui_support = options_.pre_signed && options_.pre_signed_ui;
  info_.presign_multipart_support = options_.pre_signed && options_.pre_signed_multipart;
}

Result<std::unique_ptr<ObjectWriter>> S3Store::Create(const ObjectPointer& object,
                                                      const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(s3::Location location, s3::LocationOf(object));
  const s3::WriterTools tools{client_, retrier_, options_.encryption, upload_budget_};
  return std::unique_ptr<ObjectWriter>(
      std::make_unique<s3::S3Writer>(tools, std::move(location), options));
}

Result<ObjectProperties> S3Store::Put(const ObjectPointer& object, std::string_view bytes,
                                      const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const s3::Location location, s3::LocationOf(object));
  const s3::Older older = options.create_only  ? s3::Older::kStays
                          : options.by_content ? s3::Older::kAsItCosts
                                               : s3::Older::kReplaced;
  return s3::PutBytes(client_, retrier_, location, bytes, options_.encryption, older);
}

Result<std::unique_ptr<ObjectReader>> S3Store::Open(const ObjectPointer& object,
                                                    const ByteRange& first) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(s3::Location location, s3::LocationOf(object));
  return remote::OpenReader(std::make_unique<s3::S3Ranges>(client_, std::move(location)), first);
}

Result<std::unique_ptr<ObjectStream>> S3Store::OpenStream(const ObjectPointer& object,
                                                          const ByteRange& range) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(s3::Location location, s3::LocationOf(object));
  s3::S3Ranges source(client_, std::move(location));
  return remote::OpenStream(source, range);
}

Result<std::optional<ObjectProperties>> S3Store::Stat(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const s3::Location location, s3::LocationOf(object));
  return s3::Stat(client_, location);
}

Result<std::optional<ObjectProperties>> S3Store::MakeDurable(const ObjectPointer& object) {
  return Stat(object);
}

Status S3Store::Remove(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const s3::Location location, s3::LocationOf(object));
  return s3::DeleteObject(client_, location.place());
}

Status S3Store::RemoveAll(std::string_view storage_namespace,
                          std::span<const std::string> addresses) {
  TARN_TRY(RequireBlocking());
  if (addresses.empty()) return {};
  std::vector<std::string> keys;
  keys.reserve(addresses.size());
  std::string bucket;
  for (const std::string& address : addresses) {
    TARN_TRY_ASSIGN(s3::Location location, s3::LocationOf({storage_namespace, address}));
    bucket = std::move(location.bucket);
    keys.push_back(std::move(location.key));
  }
  return s3::DeleteObjects(client_, bucket, keys);
}

Result<ObjectProperties> S3Store::Copy(const ObjectPointer& from, const ObjectPointer& to,
                                       const CopyOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const s3::Location source, s3::LocationOf(from));
  TARN_TRY_ASSIGN(const s3::Location target, s3::LocationOf(to));
  return s3::CopyObject(client_, retrier_, source, target, options_.encryption, options.size);
}

Result<ObjectPage> S3Store::List(const ListRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const s3::Location base, s3::LocationOfNamespace(request.storage_namespace));
  return remote::ListPage(base.key, request, [&](std::string_view prefix, std::string_view after) {
    return s3::ListKeys(client_, base.bucket, prefix, after);
  });
}

Result<std::unique_ptr<ObjectWalker>> S3Store::Walk(const WalkRequest& request) {
  TARN_TRY(RequireBlocking());
  return s3::Walk(client_, request, listing_);
}

Result<PresignedUrl> S3Store::Presign(const PresignRequest& request) {
  if (!info_.presign_support || !request.part.upload_id.empty()) {
    return ObjectStore::Presign(request);
  }
  TARN_TRY_ASSIGN(const s3::Location location, s3::LocationOf(request.object));
  s3::Request signed_request{.operation = "Presign", .place = location.place()};
  if (request.verb == PresignRequest::Verb::kWrite) {
    signed_request.method = "PUT";
    signed_request.query = {{"x-id", "PutObject"}};
  } else {
    if (!request.file_name.empty()) {
      signed_request.query.emplace_back("response-content-disposition",
                                        http::AttachmentDisposition(request.file_name));
    }
    signed_request.query.emplace_back("x-id", "GetObject");
  }
  TARN_TRY_ASSIGN(auto made, client_.Presign(signed_request, options_.pre_signed_seconds));
  return PresignedUrl{std::move(made.url), made.expires_seconds};
}

Result<std::optional<std::string>> S3Store::StorageClass(const ObjectPointer& object) {
  TARN_TRY_ASSIGN(const s3::Location location, s3::LocationOf(object));
  TARN_TRY_ASSIGN(
      const auto answer,
      client_.Send({.operation = "HeadObject", .method = "HEAD", .place = location.place()}));
  return std::optional<std::string>(answer->Get("x-amz-storage-class"));
}

Result<std::optional<std::string>> S3Store::Region(std::string_view storage_namespace) {
  TARN_TRY_ASSIGN(const s3::Location base, s3::LocationOfNamespace(storage_namespace));
  TARN_TRY_ASSIGN(std::string region, client_.FindRegion(base.bucket));
  return std::optional(std::move(region));
}

Result<std::string> S3Store::FormatAddress(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  return FormatUri(key);
}

Status S3Store::CheckAddress(const ObjectPointer& object) const {
  return ToStatus(s3::LocationOf(object));
}

Result<std::string> S3Store::Locate(const ObjectPointer& object) const {
  return remote::Locate(StorageType::kS3, object);
}

Result<std::string> S3Store::LocateSource(std::string_view source_uri) const {
  TARN_TRY_ASSIGN(const s3::Location location, s3::LocationOfSource(source_uri));
  return s3::UriOf(location);
}

}  // namespace tarn::block
