// The table of S3 operations.
#include <algorithm>
#include <iterator>

#include "s3gw/operations/handlers.h"
#include "s3gw/operations/operation.h"

namespace tarn::s3gw {
namespace {

using Level = Target::Level;
using Keys = std::string_view[];

/// Room for the longest list of keys (1,000 of 1,024 bytes, escaped), and of parts (10,000).
constexpr int64_t kDeleteBytesMax = 8 << 20;
constexpr int64_t kCompleteBytesMax = 4 << 20;

// What the operations look at, by subject.
constexpr Keys kPaging = {"prefix",   "delimiter", "encoding-type",      "list-type",
                          "max-keys", "marker",    "continuation-token", "start-after"};
constexpr Keys kUploadPaging = {"prefix",      "delimiter",  "encoding-type",
                                "max-uploads", "key-marker", "upload-id-marker"};
constexpr Keys kPartPaging = {"max-parts", "part-number-marker"};
constexpr Keys kReadConditions = {
    "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"};
constexpr Keys kOverrides = {"response-cache-control",    "response-content-disposition",
                             "response-content-encoding", "response-content-language",
                             "response-content-type",     "response-expires"};
constexpr Keys kVersion = {"versionId"};
constexpr Keys kPart = {"partNumber"};
/// Others than `If-None-Match: *` are refused by the handlers, once that one was found to hold.
constexpr Keys kWriteConditions = {"if-match", "if-none-match"};
constexpr Keys kBodyChecks = {"content-md5",           "x-amz-checksum-crc32",
                              "x-amz-checksum-crc32c", "x-amz-checksum-crc64nvme",
                              "x-amz-checksum-sha1",   "x-amz-checksum-sha256"};
constexpr Keys kDescription = {"cache-control",    "content-disposition", "content-encoding",
                               "content-language", "content-type",        "expires",
                               "x-amz-meta-*"};
constexpr Keys kCopySource = {"x-amz-copy-source",
                              "x-amz-metadata-directive",
                              "x-amz-copy-source-if-match",
                              "x-amz-copy-source-if-none-match",
                              "x-amz-copy-source-if-modified-since",
                              "x-amz-copy-source-if-unmodified-since"};
constexpr Keys kObjectSize = {"x-amz-mp-object-size"};
constexpr Keys kDeleteConditions = {"if-match", "x-amz-if-match-last-modified-time",
                                    "x-amz-if-match-size"};
constexpr Keys kCopyRange = {"x-amz-copy-source-range"};

using auth::Permission;

// What users need; decision.h says what the names are.
constexpr std::string_view kRepository = "arn:lakefs:fs:::repository/{repository}";
constexpr std::string_view kObject = "arn:lakefs:fs:::repository/{repository}/object/{key}";
constexpr std::string_view kSource =
    "arn:lakefs:fs:::repository/{source.repository}/object/{source.key}";
constexpr Permission kListBranches = {"fs:ListBranches", kRepository};
constexpr Permission kListObjects = {"fs:ListObjects", kRepository};
constexpr Permission kRead = {"fs:ReadObject", kObject};
constexpr Permission kWrite = {"fs:WriteObject", kObject};
constexpr Permission kDelete = {"fs:DeleteObject", kObject};
constexpr Permission kCopyParts[] = {kWrite, {"fs:ReadObject", kSource}};
constexpr Permission kCopy = auth::AllOf(kCopyParts);

constexpr Operation kOperations[] = {
    {.id = "list_buckets",
     .level = Level::kService,
     .method = "GET",
     .event = "list_repos",
     .permission = {"fs:ListRepositories", kRepository},
     .asks_each_item = true,
     .honoured = {kPaging},
     .try_inline = true,
     .handler = &ListBuckets},

    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .selector = {.query = "location"},
     .event = "get_bucket_location",
     .permission = kListObjects,
     .branches_permission = kListBranches,
     .try_inline = true,
     .handler = &GetBucketLocation},
    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .selector = {.query = "uploads"},
     .event = "list_multipart_uploads",
     .permission = kListObjects,
     .branches_permission = kListBranches,
     .honoured = {kUploadPaging},
     .handler = &ListMultipartUploads},
    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .selector = {.query = "versioning"},
     .permission = kListObjects,
     .branches_permission = kListBranches,
     .try_inline = true,
     .handler = &GetBucketVersioning},
    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .event = "list_objects",
     .permission = kListObjects,
     .branches_permission = kListBranches,
     .honoured = {kPaging},
     .try_inline = true,
     .handler = &ListObjects},
    {.id = "head_bucket",
     .level = Level::kBucket,
     .method = "HEAD",
     .event = "get_repo",
     .permission = {"fs:ReadRepository", kRepository},
     .try_inline = true,
     .handler = &HeadBucket},
    {.id = "put_bucket",
     .level = Level::kBucket,
     .method = "PUT",
     .event = "put_repo",
     .permission = {"fs:CreateRepository", kRepository},
     .pool = http::Pool::kVerbs,
     .handler = &PutBucket},
    {.id = "delete_objects",
     .level = Level::kBucket,
     .method = "POST",
     .selector = {.query = "delete"},
     .event = "delete_objects",
     .permission = kDelete,
     .asks_each_item = true,
     .honoured = {kBodyChecks},
     .body = BodyKind::kDocument,
     .body_bytes_max = kDeleteBytesMax,
     .handler = &DeleteObjects},
    {.id = "delete_objects",
     .level = Level::kBucket,
     .method = "POST",
     .refuses_all = true,
     .handler = &PostBucket},
    {.id = "unsupported",
     .level = Level::kBucket,
     .method = "DELETE",
     .refuses_all = true,
     .placeless_errors = true,
     .handler = &DeleteBucket},

    {.id = "get_object",
     .level = Level::kRoot,
     .method = "GET",
     .permission = kRead,
     .try_inline = true,
     .handler = &GetRoot},
    {.id = "head_object",
     .level = Level::kRoot,
     .method = "HEAD",
     .permission = kRead,
     .try_inline = true,
     .handler = &GetRoot},
    {.id = "put_object",
     .level = Level::kRoot,
     .method = "PUT",
     .selector = {.query = "uploadId"},
     .permission = kWrite,
     .refuses_all = true,
     .handler = &RefuseRoot},
    {.id = "put_object",
     .level = Level::kRoot,
     .method = "PUT",
     .selector = {.header = "x-amz-copy-source"},
     .permission = kWrite,
     .refuses_all = true,
     .handler = &RefuseRoot},
    {.id = "put_object",
     .level = Level::kRoot,
     .method = "PUT",
     .permission = kWrite,
     .honoured = {kBodyChecks, kDescription},
     .body = BodyKind::kStream,
     .stream = &PutRoot},
    {.id = "delete_object",
     .level = Level::kRoot,
     .method = "DELETE",
     .permission = kDelete,
     .handler = &DeleteRoot},

    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .selector = {.query = "versioning"},
     .permission = kRead,
     .try_inline = true,
     .handler = &GetObjectVersioning},
    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .selector = {.query = "tagging"},
     .permission = kRead,
     .try_inline = true,
     .handler = &GetObjectTagging},
    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .selector = {.query = "uploadId"},
     .event = "list_mpu_parts",
     .permission = kRead,
     .honoured = {kPartPaging},
     .handler = &ListParts},
    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .event = "get_object",
     .permission = kRead,
     .honoured = {kReadConditions, kOverrides, kVersion, kPart},
     .pool = http::Pool::kDisk,
     .try_inline = true,
     .handler = &GetObject},
    {.id = "head_object",
     .level = Level::kObject,
     .method = "HEAD",
     .event = "stat_object",
     .permission = kRead,
     .honoured = {kReadConditions, kOverrides, kVersion, kPart},
     .pool = http::Pool::kDisk,
     .try_inline = true,
     .handler = &GetObject},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .selector = {.query = "uploadId", .header = "x-amz-copy-source"},
     .event = "put_mpu_part",
     .permission = kCopy,
     .honoured = {kPart, kCopySource, kCopyRange},
     .pool = http::Pool::kCopies,
     .handler = &UploadPartCopy},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .selector = {.query = "uploadId"},
     .event = "put_mpu_part",
     .permission = kWrite,
     .honoured = {kPart, kBodyChecks},
     .body = BodyKind::kStream,
     .pool = http::Pool::kDisk,
     .stream = &UploadPart},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .selector = {.header = "x-amz-copy-source"},
     .event = "copy_object",
     .permission = kCopy,
     .honoured = {kCopySource, kWriteConditions, kDescription},
     .pool = http::Pool::kCopies,
     .handler = &CopyObject},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .event = "put_object",
     .permission = kWrite,
     .honoured = {kWriteConditions, kBodyChecks, kDescription},
     .body = BodyKind::kStream,
     .pool = http::Pool::kDisk,
     .stream = &PutObject},
    {.id = "post_object",
     .level = Level::kObject,
     .method = "POST",
     .selector = {.query = "uploads"},
     .event = "create_mpu",
     .permission = kWrite,
     .honoured = {kDescription},
     .handler = &CreateMultipartUpload},
    {.id = "post_object",
     .level = Level::kObject,
     .method = "POST",
     .selector = {.query = "uploadId"},
     .event = "complete_mpu",
     .permission = kWrite,
     .honoured = {kWriteConditions, kObjectSize},
     .body = BodyKind::kDocument,
     .body_bytes_max = kCompleteBytesMax,
     .pool = http::Pool::kCopies,
     .handler = &CompleteMultipartUpload},
    {.id = "post_object",
     .level = Level::kObject,
     .method = "POST",
     .permission = kWrite,
     .handler = &PostObject},
    {.id = "delete_object",
     .level = Level::kObject,
     .method = "DELETE",
     .selector = {.query = "uploadId"},
     .event = "abort_mpu",
     .permission = kDelete,
     .handler = &AbortMultipartUpload},
    {.id = "delete_object",
     .level = Level::kObject,
     .method = "DELETE",
     .event = "delete_object",
     .permission = kDelete,
     .honoured = {kVersion, kDeleteConditions},
     .handler = &DeleteObject},
};

constexpr Operation kNotFound = {
    .id = "not_found", .refuses_all = true, .try_inline = true, .handler = &NotFound};

bool Fits(const Operation& operation, const http::RequestHead& head, Level level,
          const Query& query) {
  return operation.level == level && operation.method == head.method &&
         (operation.selector.query.empty() || query.Has(operation.selector.query)) &&
         (operation.selector.header.empty() || !head.Get(operation.selector.header).empty());
}

}  // namespace

bool Honours(const Operation& operation, std::string_view element) {
  const auto lists = [element](Names names) {
    return std::find(names.begin(), names.end(), element) != names.end();
  };
  return operation.selector.query == element || operation.selector.header == element ||
         std::any_of(std::begin(operation.honoured), std::end(operation.honoured), lists);
}

std::span<const Operation> Operations() { return kOperations; }

const Operation& NotFoundOperation() { return kNotFound; }

const Operation& FindOperation(const http::RequestHead& head, Level level, const Query& query) {
  for (const Operation& operation : kOperations)
    if (Fits(operation, head, level, query)) return operation;
  return kNotFound;
}

}  // namespace tarn::s3gw
