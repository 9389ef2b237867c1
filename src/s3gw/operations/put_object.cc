#include <memory>
#include <optional>
#include <utility>

#include "codec/digest.h"
#include "s3gw/call.h"
#include "s3gw/object_headers.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/write_checks.h"
#include "serving/entity_tag.h"
#include "versioning/branch/branches.h"

namespace tarn::s3gw {
namespace {

/// Most bytes that S3 takes in one request.
constexpr int64_t kPutBytesMax = int64_t{5} << 30;

class PutTaker : public BodyTaker {
 public:
  PutTaker(std::unique_ptr<catalog::Upload> upload, std::optional<Md5Digest> announced_md5)
      : upload_(std::move(upload)), announced_md5_(announced_md5) {}

  Status Take(std::span<const char> bytes) override {
    size_ += static_cast<int64_t>(bytes.size());
    if (size_ > kPutBytesMax) return Status(Code::kTooLarge);
    return upload_->Write(bytes);
  }

  Answer Finish(Call&) override {
    if (announced_md5_ && upload_->Digest() != *announced_md5_) return Error::kBadDigest;
    TARN_TRY_ASSIGN(const catalog::PathEntry stored, upload_->Finish());
    http::Response response;
    response.Add("ETag", serving::EntityTag(stored.entry.checksum));
    return response;
  }

 private:
  const std::unique_ptr<catalog::Upload> upload_;
  const std::optional<Md5Digest> announced_md5_;
  int64_t size_ = 0;
};

}  // namespace

// All that can be refused is refused before the body is taken. Refusals come in the reference's
// order as far as it can be told from outside.
Opening PutObject(Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  auto headers = ReadObjectHeaders(call.head());
  auto md5 = ReadContentMd5(call.head());
  const WriteCondition condition = ReadWriteCondition(call.head());
  catalog::UploadRequest request;
  request.branch = call.branch();
  request.path = call.path();
  if (headers.ok()) {
    request.content_type = std::move(headers->content_type);
    request.metadata = std::move(headers->metadata);
  }
  request.condition = condition.condition;
  request.size_hint = call.body_bytes();
  TARN_TRY_ASSIGN(auto upload, call.catalog().BeginUpload(call.repository(), request));
  if (!condition.supported) return Error::kNotImplemented;
  if (!headers.ok()) return headers.failure();
  if (!md5.ok()) return md5.failure();
  if (call.body_bytes().value_or(0) > kPutBytesMax) return Error::kEntityTooLarge;
  std::unique_ptr<BodyTaker> taker = std::make_unique<PutTaker>(std::move(upload), *md5);
  return taker;
}

}  // namespace tarn::s3gw
