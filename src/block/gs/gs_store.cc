#include "block/gs/gs_store.h"

#include <utility>
#include <vector>

#include "base/blocking.h"
#include "block/gs/copy_object.h"
#include "block/gs/delete_objects.h"
#include "block/gs/gs_writer.h"
#include "block/gs/key_lister.h"
#include "block/gs/object_ranges.h"
#include "block/gs/signed_url.h"
#include "block/remote/list_page.h"
#include "http/content_disposition.h"

namespace tarn::block {
namespace {

constexpr StorageType kType = StorageType::kGs;

}  // namespace

GsStore::GsStore(GsStoreOptions options, gs::Credentials credentials, Clock& clock, Random& random)
    : options_(std::move(options)),
      account_(std::move(credentials.account)),
      clock_(clock),
      random_(random),
      client_(options_.endpoint, options_.transport, std::move(credentials.tokens), clock),
      retrier_(options_.retry, random),
      upload_budget_(options_.upload_bytes_max) {
  info_.type = "gs";
  info_.is_remote = true;
  info_.namespace_regex = "^gs://";
  info_.namespace_example = "gs://example-bucket/";
  info_.default_namespace_prefix = options_.default_namespace_prefix;
  info_.import_support = true;
  info_.presign_support = options_.pre_signed;
  info_.presign_ui_support = options_.pre_signed && options_.pre_signed_ui;
}

Result<std::unique_ptr<ObjectWriter>> GsStore::Create(const ObjectPointer& object,
                                                      const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(gs::Location location, remote::LocationOf(kType, object));
  return std::unique_ptr<ObjectWriter>(
      std::make_unique<gs::GsWriter>(tools(), std::move(location), upload_budget_, options));
}

Result<ObjectProperties> GsStore::Put(const ObjectPointer& object, std::string_view bytes,
                                      const WriteOptions& options) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const gs::Location location, remote::LocationOf(kType, object));
  return gs::PutBytes(tools(), location, bytes, options.create_only || options.by_content);
}

Result<std::unique_ptr<ObjectReader>> GsStore::Open(const ObjectPointer& object,
                                                    const ByteRange& first) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(gs::Location location, remote::LocationOf(kType, object));
  return remote::OpenReader(
      std::make_unique<gs::GsRanges>(client_, std::move(location), options_.encryption), first);
}

Result<std::unique_ptr<ObjectStream>> GsStore::OpenStream(const ObjectPointer& object,
                                                          const ByteRange& range) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(gs::Location location, remote::LocationOf(kType, object));
  gs::GsRanges source(client_, std::move(location), options_.encryption);
  return remote::OpenStream(source, range);
}

Result<std::optional<ObjectProperties>> GsStore::Stat(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(gs::Location location, remote::LocationOf(kType, object));
  return gs::GsRanges(client_, std::move(location), options_.encryption).Stat();
}

Result<std::optional<ObjectProperties>> GsStore::MakeDurable(const ObjectPointer& object) {
  return Stat(object);
}

Status GsStore::Remove(const ObjectPointer& object) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const gs::Location location, remote::LocationOf(kType, object));
  return gs::DeleteObject(client_, location.place());
}

Status GsStore::RemoveAll(std::string_view storage_namespace,
                          std::span<const std::string> addresses) {
  TARN_TRY(RequireBlocking());
  std::vector<std::string> keys;
  keys.reserve(addresses.size());
  std::string bucket;
  for (const std::string& address : addresses) {
    TARN_TRY_ASSIGN(gs::Location location, remote::LocationOf(kType, {storage_namespace, address}));
    bucket = std::move(location.bucket);
    keys.push_back(std::move(location.key));
  }
  return gs::DeleteObjects(client_, bucket, keys);
}

Result<ObjectProperties> GsStore::Copy(const ObjectPointer& from, const ObjectPointer& to,
                                       const CopyOptions& /*options*/) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const gs::Location source, remote::LocationOf(kType, from));
  TARN_TRY_ASSIGN(const gs::Location target, remote::LocationOf(kType, to));
  return gs::CopyObject(tools(), source, target);
}

Result<ObjectPage> GsStore::List(const ListRequest& request) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(const gs::Location base,
                  remote::LocationOfNamespace(kType, request.storage_namespace));
  return remote::ListPage(base.key, request, [&](std::string_view prefix, std::string_view after) {
    return gs::ListKeys(client_, base.bucket, prefix, after);
  });
}

Result<std::unique_ptr<ObjectWalker>> GsStore::Walk(const WalkRequest& request) {
  TARN_TRY(RequireBlocking());
  return gs::Walk(client_, request, listing_);
}

Result<PresignedUrl> GsStore::Presign(const PresignRequest& request) {
  if (!info_.presign_support || !request.part.upload_id.empty()) {
    return ObjectStore::Presign(request);
  }
  if (options_.encryption.has_customer_key()) {
    return Status(Code::kUnsupported,
                  "currently PreSignedURL with Customer-supplied encryption key is not supported "
                  "because the key in the config file must be exposed to user");
  }
  if (!account_) {
    return Status(Code::kUnsupported,
                  "gs adapter presigned URL: needs the key of a service account");
  }
  TARN_TRY_ASSIGN(const gs::Location location, remote::LocationOf(kType, request.object));
  gs::UrlRequest to_sign{.method = "GET", .place = location.place()};
  if (request.verb == PresignRequest::Verb::kWrite) {
    to_sign.method = "PUT";
  } else if (!request.file_name.empty()) {
    to_sign.query.emplace_back("response-content-disposition",
                               http::AttachmentDisposition(request.file_name));
  }
  const int64_t now_seconds = clock_.Now().seconds;
  TARN_TRY_ASSIGN(std::string url, gs::SignUrl(*account_, client_.endpoint(), to_sign, now_seconds,
                                               options_.pre_signed_seconds));
  return PresignedUrl{std::move(url), now_seconds + options_.pre_signed_seconds};
}

Result<std::optional<std::string>> GsStore::StorageClass(const ObjectPointer& object) {
  TARN_TRY(ToStatus(remote::LocationOf(kType, object)));
  return std::optional<std::string>();
}

Result<std::string> GsStore::FormatAddress(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  return FormatUri(key);
}

Status GsStore::CheckAddress(const ObjectPointer& object) const {
  return ToStatus(remote::LocationOf(kType, object));
}

Result<std::string> GsStore::Locate(const ObjectPointer& object) const {
  return remote::Locate(kType, object);
}

Result<std::string> GsStore::LocateSource(std::string_view source_uri) const {
  TARN_TRY_ASSIGN(const gs::Location location, remote::LocationOfSource(kType, source_uri));
  return remote::UriOf(kType, location);
}

}  // namespace tarn::block
