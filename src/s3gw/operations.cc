// The table of S3 operations. The unsupported sub-resources are those of the reference.
#include "s3gw/handlers.h"
#include "s3gw/operation.h"

namespace tarn::s3gw {
namespace {

using Level = Target::Level;
using Keys = std::string_view[];

/// Room for the longest list of keys (1,000 of 1,024 bytes, escaped), and of parts (10,000).
constexpr int64_t kDeleteBytesMax = 8 << 20;
constexpr int64_t kCompleteBytesMax = 4 << 20;

constexpr Keys kListBucketsUnsupported = {"events"};
constexpr Keys kListObjectsUnsupported = {"inventory",
                                          "metrics",
                                          "publicAccessBlock",
                                          "ownershipControls",
                                          "intelligent-tiering",
                                          "analytics",
                                          "policy",
                                          "lifecycle",
                                          "encryption",
                                          "object-lock",
                                          "replication",
                                          "notification",
                                          "events",
                                          "acl",
                                          "cors",
                                          "website",
                                          "accelerate",
                                          "requestPayment",
                                          "logging",
                                          "tagging",
                                          "versions",
                                          "policyStatus"};
constexpr Keys kHeadBucketUnsupported = {"acl"};
constexpr Keys kPutBucketUnsupported = {
    "cors",           "metrics",   "website",           "logging",           "accelerate",
    "requestPayment", "acl",       "publicAccessBlock", "ownershipControls", "intelligent-tiering",
    "analytics",      "lifecycle", "replication",       "encryption",        "policy",
    "object-lock",    "tagging",   "versioning"};
constexpr Keys kGetObjectUnsupported = {"torrent", "acl", "retention", "legal-hold", "lambdaArn"};
constexpr Keys kPutObjectUnsupported = {"torrent", "acl"};
constexpr Keys kPostObjectUnsupported = {"select", "restore"};
constexpr Keys kDeleteObjectUnsupported = {"tagging", "acl", "torrent"};

constexpr Permission kList = {"fs:ListObjects", Resource::kListing};
constexpr Permission kRead = {"fs:ReadObject", Resource::kObject};
constexpr Permission kReadSource = {"fs:ReadObject", Resource::kSourceObject};
constexpr Permission kWrite = {"fs:WriteObject", Resource::kObject};
constexpr Permission kDelete = {"fs:DeleteObject", Resource::kObject};

constexpr Operation kOperations[] = {
    {.id = "list_buckets",
     .level = Level::kService,
     .method = "GET",
     .event = "list_repos",
     .unsupported = kListBucketsUnsupported,
     .try_inline = true,
     .handler = &ListBuckets},

    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .selector = {.query = "location"},
     .event = "get_bucket_location",
     .permissions = {kList},
     .unsupported = kListObjectsUnsupported,
     .try_inline = true,
     .handler = &GetBucketLocation},
    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .selector = {.query = "uploads"},
     .event = "list_multipart_uploads",
     .permissions = {kList},
     .unsupported = kListObjectsUnsupported,
     .handler = &ListMultipartUploads},
    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .selector = {.query = "versioning"},
     .permissions = {kList},
     .unsupported = kListObjectsUnsupported,
     .try_inline = true,
     .handler = &GetBucketVersioning},
    {.id = "list_objects",
     .level = Level::kBucket,
     .method = "GET",
     .event = "list_objects",
     .permissions = {kList},
     .unsupported = kListObjectsUnsupported,
     .try_inline = true,
     .handler = &ListObjects},
    {.id = "head_bucket",
     .level = Level::kBucket,
     .method = "HEAD",
     .event = "get_repo",
     .permissions = {{"fs:ReadRepository", Resource::kRepository}},
     .unsupported = kHeadBucketUnsupported,
     .try_inline = true,
     .handler = &HeadBucket},
    {.id = "put_bucket",
     .level = Level::kBucket,
     .method = "PUT",
     .event = "put_repo",
     .permissions = {{"fs:CreateRepository", Resource::kRepository}},
     .unsupported = kPutBucketUnsupported,
     .handler = &PutBucket},
    {.id = "delete_objects",
     .level = Level::kBucket,
     .method = "POST",
     .selector = {.query = "delete"},
     .event = "delete_objects",
     .body = BodyKind::kDocument,
     .body_bytes_max = kDeleteBytesMax,
     .handler = &DeleteObjects},
    {.id = "delete_objects", .level = Level::kBucket, .method = "POST", .handler = &PostBucket},
    {.id = "unsupported",
     .level = Level::kBucket,
     .method = "DELETE",
     .placeless_errors = true,
     .handler = &DeleteBucket},

    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .selector = {.query = "versioning"},
     .permissions = {kRead},
     .unsupported = kGetObjectUnsupported,
     .try_inline = true,
     .handler = &GetObjectVersioning},
    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .selector = {.query = "tagging"},
     .permissions = {kRead},
     .unsupported = kGetObjectUnsupported,
     .try_inline = true,
     .handler = &GetObjectTagging},
    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .selector = {.query = "uploadId"},
     .event = "list_mpu_parts",
     .permissions = {kRead},
     .unsupported = kGetObjectUnsupported,
     .handler = &ListParts},
    {.id = "get_object",
     .level = Level::kObject,
     .method = "GET",
     .event = "get_object",
     .permissions = {kRead},
     .unsupported = kGetObjectUnsupported,
     .pool = http::Pool::kDisk,
     .try_inline = true,
     .handler = &GetObject},
    {.id = "head_object",
     .level = Level::kObject,
     .method = "HEAD",
     .event = "stat_object",
     .permissions = {kRead},
     .try_inline = true,
     .handler = &HeadObject},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .selector = {.query = "uploadId", .header = "x-amz-copy-source"},
     .event = "put_mpu_part",
     .permissions = {kWrite, kReadSource},
     .unsupported = kPutObjectUnsupported,
     .pool = http::Pool::kJobs,
     .handler = &UploadPartCopy},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .selector = {.query = "uploadId"},
     .event = "put_mpu_part",
     .permissions = {kWrite},
     .unsupported = kPutObjectUnsupported,
     .body = BodyKind::kStream,
     .pool = http::Pool::kDisk,
     .stream = &UploadPart},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .selector = {.header = "x-amz-copy-source"},
     .event = "copy_object",
     .permissions = {kWrite, kReadSource},
     .unsupported = kPutObjectUnsupported,
     .pool = http::Pool::kJobs,
     .handler = &CopyObject},
    {.id = "put_object",
     .level = Level::kObject,
     .method = "PUT",
     .event = "put_object",
     .permissions = {kWrite},
     .unsupported = kPutObjectUnsupported,
     .body = BodyKind::kStream,
     .pool = http::Pool::kDisk,
     .stream = &PutObject},
    {.id = "post_object",
     .level = Level::kObject,
     .method = "POST",
     .selector = {.query = "uploads"},
     .event = "create_mpu",
     .permissions = {kWrite},
     .unsupported = kPostObjectUnsupported,
     .handler = &CreateMultipartUpload},
    {.id = "post_object",
     .level = Level::kObject,
     .method = "POST",
     .selector = {.query = "uploadId"},
     .event = "complete_mpu",
     .permissions = {kWrite},
     .unsupported = kPostObjectUnsupported,
     .body = BodyKind::kDocument,
     .body_bytes_max = kCompleteBytesMax,
     .pool = http::Pool::kJobs,
     .handler = &CompleteMultipartUpload},
    {.id = "post_object",
     .level = Level::kObject,
     .method = "POST",
     .permissions = {kWrite},
     .unsupported = kPostObjectUnsupported,
     .handler = &PostObject},
    {.id = "delete_object",
     .level = Level::kObject,
     .method = "DELETE",
     .selector = {.query = "uploadId"},
     .event = "abort_mpu",
     .permissions = {kDelete},
     .unsupported = kDeleteObjectUnsupported,
     .handler = &AbortMultipartUpload},
    {.id = "delete_object",
     .level = Level::kObject,
     .method = "DELETE",
     .event = "delete_object",
     .permissions = {kDelete},
     .unsupported = kDeleteObjectUnsupported,
     .handler = &DeleteObject},
};

constexpr Operation kNotFound = {.id = "not_found", .try_inline = true, .handler = &NotFound};

bool Fits(const Operation& operation, const http::RequestHead& head, Level level,
          const Query& query) {
  return operation.level == level && operation.method == head.method &&
         (operation.selector.query.empty() || query.Has(operation.selector.query)) &&
         (operation.selector.header.empty() || !head.Get(operation.selector.header).empty());
}

}  // namespace

std::span<const Operation> Operations() { return kOperations; }

const Operation& NotFoundOperation() { return kNotFound; }

const Operation& FindOperation(const http::RequestHead& head, Level level, const Query& query) {
  for (const Operation& operation : kOperations)
    if (Fits(operation, head, level, query)) return operation;
  return kNotFound;
}

}  // namespace tarn::s3gw
