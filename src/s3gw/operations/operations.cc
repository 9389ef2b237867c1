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
constexpr Permission kRead = {"fs:ReadObject", kObject};
constexpr Permission kWrite = {"fs:WriteObject", kObject};
constexpr Permission kDelete = {"fs:DeleteObject", kObject};
constexpr Permission kCopyParts[] = {kWrite, {"fs:ReadObject", kSource}};
constexpr Permission kCopy = auth::AllOf(kCopyParts);

// All rows of a kind ask for the same, whatever they select.
constexpr Kind kListAll = {
    "list_buckets", Level::kService, "GET", {"fs:ListRepositories", kRepository}};
constexpr Kind kGetBucket = {"list_objects",
                             Level::kBucket,
                             "GET",
                             {"fs:ListObjects", kRepository},
                             {"fs:ListBranches", kRepository}};
constexpr Kind kHeadBucket = {
    "head_bucket", Level::kBucket, "HEAD", {"fs:ReadRepository", kRepository}};
constexpr Kind kPutBucket = {
    "put_bucket", Level::kBucket, "PUT", {"fs:CreateRepository", kRepository}};
constexpr Kind kDeleteKeys = {"delete_objects", Level::kBucket, "POST", kDelete};
constexpr Kind kPostBucket = {"delete_objects", Level::kBucket, "POST"};
constexpr Kind kDeleteBucket = {"unsupported", Level::kBucket, "DELETE"};
constexpr Kind kGetRoot = {"get_object", Level::kRoot, "GET", kRead};
constexpr Kind kHeadRoot = {"head_object", Level::kRoot, "HEAD", kRead};
constexpr Kind kPutRoot = {"put_object", Level::kRoot, "PUT", kWrite};
constexpr Kind kDeleteRoot = {"delete_object", Level::kRoot, "DELETE", kDelete};
constexpr Kind kGetObject = {"get_object", Level::kObject, "GET", kRead};
constexpr Kind kHeadObject = {"head_object", Level::kObject, "HEAD", kRead};
constexpr Kind kCopyObject = {"put_object", Level::kObject, "PUT", kCopy};
constexpr Kind kPutObject = {"put_object", Level::kObject, "PUT", kWrite};
constexpr Kind kPostObject = {"post_object", Level::kObject, "POST", kWrite};
constexpr Kind kDeleteObject = {"delete_object", Level::kObject, "DELETE", kDelete};

constexpr Operation kOperations[] = {
    {.kind = &kListAll,
     .event = "list_repos",
     .asks_each_item = true,
     .honoured = {kPaging},
     .try_inline = true,
     .handler = &ListBuckets},

    {.kind = &kGetBucket,
     .selector = {.query = "location"},
     .event = "get_bucket_location",
     .try_inline = true,
     .handler = &GetBucketLocation},
    {.kind = &kGetBucket,
     .selector = {.query = "uploads"},
     .event = "list_multipart_uploads",
     .honoured = {kUploadPaging},
     .handler = &ListMultipartUploads},
    {.kind = &kGetBucket,
     .selector = {.query = "versioning"},
     .try_inline = true,
     .handler = &GetBucketVersioning},
    {.kind = &kGetBucket,
     .event = "list_objects",
     .honoured = {kPaging},
     .try_inline = true,
     .handler = &ListObjects},
    {.kind = &kHeadBucket, .event = "get_repo", .try_inline = true, .handler = &HeadBucket},
    {.kind = &kPutBucket, .event = "put_repo", .pool = http::Pool::kVerbs, .handler = &PutBucket},
    {.kind = &kDeleteKeys,
     .selector = {.query = "delete"},
     .event = "delete_objects",
     .asks_each_item = true,
     .honoured = {kBodyChecks},
     .body = BodyKind::kDocument,
     .body_bytes_max = kDeleteBytesMax,
     .handler = &DeleteObjects},
    {.kind = &kPostBucket, .refuses_all = true, .handler = &PostBucket},
    {.kind = &kDeleteBucket,
     .refuses_all = true,
     .placeless_errors = true,
     .handler = &DeleteBucket},

    {.kind = &kGetRoot, .try_inline = true, .handler = &GetRoot},
    {.kind = &kHeadRoot, .try_inline = true, .handler = &GetRoot},
    {.kind = &kPutRoot,
     .selector = {.query = "uploadId"},
     .refuses_all = true,
     .handler = &RefuseRoot},
    {.kind = &kPutRoot,
     .selector = {.header = "x-amz-copy-source"},
     .refuses_all = true,
     .handler = &RefuseRoot},
    {.kind = &kPutRoot,
     .honoured = {kBodyChecks, kDescription},
     .body = BodyKind::kStream,
     .stream = &PutRoot},
    {.kind = &kDeleteRoot, .handler = &DeleteRoot},

    {.kind = &kGetObject,
     .selector = {.query = "versioning"},
     .try_inline = true,
     .handler = &GetObjectVersioning},
    {.kind = &kGetObject,
     .selector = {.query = "tagging"},
     .try_inline = true,
     .handler = &GetObjectTagging},
    {.kind = &kGetObject,
     .selector = {.query = "uploadId"},
     .event = "list_mpu_parts",
     .honoured = {kPartPaging},
     .handler = &ListParts},
    {.kind = &kGetObject,
     .event = "get_object",
     .honoured = {kReadConditions, kOverrides, kVersion, kPart},
     .pool = http::Pool::kDisk,
     .try_inline = true,
     .handler = &GetObject},
    {.kind = &kHeadObject,
     .event = "stat_object",
     .honoured = {kReadConditions, kOverrides, kVersion, kPart},
     .pool = http::Pool::kDisk,
     .try_inline = true,
     .handler = &GetObject},
    {.kind = &kCopyObject,
     .selector = {.query = "uploadId", .header = "x-amz-copy-source"},
     .event = "put_mpu_part",
     .honoured = {kPart, kCopySource, kCopyRange},
     .pool = http::Pool::kCopies,
     .handler = &UploadPartCopy},
    {.kind = &kPutObject,
     .selector = {.query = "uploadId"},
     .event = "put_mpu_part",
     .honoured = {kPart, kBodyChecks},
     .body = BodyKind::kStream,
     .pool = http::Pool::kDisk,
     .stream = &UploadPart},
    {.kind = &kCopyObject,
     .selector = {.header = "x-amz-copy-source"},
     .event = "copy_object",
     .honoured = {kCopySource, kWriteConditions, kDescription},
     .pool = http::Pool::kCopies,
     .handler = &CopyObject},
    {.kind = &kPutObject,
     .event = "put_object",
     .honoured = {kWriteConditions, kBodyChecks, kDescription},
     .body = BodyKind::kStream,
     .pool = http::Pool::kDisk,
     .stream = &PutObject},
    {.kind = &kPostObject,
     .selector = {.query = "uploads"},
     .event = "create_mpu",
     .honoured = {kDescription},
     .handler = &CreateMultipartUpload},
    {.kind = &kPostObject,
     .selector = {.query = "uploadId"},
     .event = "complete_mpu",
     .honoured = {kWriteConditions, kObjectSize},
     .body = BodyKind::kDocument,
     .body_bytes_max = kCompleteBytesMax,
     .pool = http::Pool::kCopies,
     .handler = &CompleteMultipartUpload},
    {.kind = &kPostObject, .handler = &PostObject},
    {.kind = &kDeleteObject,
     .selector = {.query = "uploadId"},
     .event = "abort_mpu",
     .handler = &AbortMultipartUpload},
    {.kind = &kDeleteObject,
     .event = "delete_object",
     .honoured = {kVersion, kDeleteConditions},
     .handler = &DeleteObject},
};

constexpr Kind kNothing = {.id = "not_found"};
constexpr Operation kNotFound = {
    .kind = &kNothing, .refuses_all = true, .try_inline = true, .handler = &NotFound};

bool Fits(const Operation& operation, const http::RequestHead& head, Level level,
          const Query& query) {
  return operation.kind->level == level && operation.kind->method == head.method &&
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
