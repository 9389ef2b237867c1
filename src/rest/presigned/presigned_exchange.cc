#include "rest/presigned/presigned_exchange.h"

#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/blocking.h"
#include "catalog/address_upload.h"
#include "catalog/multipart.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "http/content_disposition.h"
#include "rest/answers.h"
#include "rest/error_table.h"
#include "rest/handlers/encoders.h"
#include "rest/presigned/presigned_url.h"
#include "serving/object_answer.h"
#include "serving/object_body.h"
#include "serving/request_life.h"

namespace tarn::rest {
namespace {

/// Headers, or what they begin with, by which clients ask for something else than that the body is
/// stored under the address: parts of objects, conditions, copies, encryption, locks.
constexpr std::array<std::string_view, 8> kRefusedOfWrites = {
    "Content-Range",     "If-Match",
    "If-Modified-Since", "If-Unmodified-Since",
    "x-amz-copy-source", "x-amz-server-side-encryption-customer-",
    "x-amz-object-lock", "X-HTTP-Method-Override",
};

class PresignedExchange : public http::Exchange {
 public:
  PresignedExchange(const Services& services, const http::RequestHead& head)
      : services_(services), head_(head), life_(head, {"presigned", head.method, ""}, nullptr) {
    life_.Begin();
  }

  http::BodyPlan body_plan() const override {
    return head_.method == "PUT" ? http::BodyPlan::kStreamed : http::BodyPlan::kNone;
  }
  bool try_inline() const override { return true; }
  http::Pool pool() const override { return http::Pool::kDisk; }

  std::optional<http::Response> Open() override {
    const Status status = BeginWrite();
    if (status.ok()) return std::nullopt;
    return Refuse(status);
  }

  std::optional<http::Response> Consume(std::span<const char> bytes) override {
    const Status status = Write(bytes);
    if (status.ok()) return std::nullopt;
    return Refuse(status);
  }

  std::optional<http::Response> Answer(std::string_view) override {
    Result<http::Response> result = object_ || part_ ? EndWrite() : Read();
    if (result.code() == Code::kWouldBlock && !MayBlock()) return std::nullopt;
    if (!result.ok()) return Refuse(result.status());
    return *std::move(result);
  }

  http::Response TooLarge() override { return Identified(EmptyAnswer(413)); }
  http::Response Busy() override { return Identified(http::Exchange::Busy()); }

  // The URL is a secret until it expires, so the line names what it stands for.
  void Finished(int status, int64_t body_bytes_sent) override {
    std::string place;
    if (life_.is_audited()) place = request_.storage_namespace + " " + request_.address;
    life_.Finish({.status = status,
                  .sent_bytes = body_bytes_sent,
                  .path = place,
                  .user = {},
                  .repository = {},
                  .ref = {}},
                 services_.parts.usage);
  }

 private:
  Status Check() {
    TARN_TRY_ASSIGN(request_, ParsePresignedPath(services_.options.presign_key, head_.path));
    const bool is_read = request_.verb == PresignedRequest::Verb::kRead;
    const bool fits =
        is_read ? head_.method == "GET" || head_.method == "HEAD" : head_.method == "PUT";
    if (!fits) return {Code::kForbidden, "presigned URL is not valid for this method"};
    if (context().clock.Now().seconds >= request_.expires_seconds)
      return {Code::kForbidden, "presigned URL has expired"};
    return {};
  }

  Status BeginWrite() {
    TARN_TRY(Check());
    TARN_TRY(CheckHeaders());
    if (request_.upload_id.empty()) {
      TARN_TRY_ASSIGN(object_,
                      catalog::AddressUpload::Begin(
                          context(), {request_.storage_namespace, request_.address, request_.type},
                          head_.content_length));
      return {};
    }
    const catalog::UploadPlace place{request_.upload_partition, request_.storage_namespace,
                                     request_.upload_id};
    TARN_TRY_ASSIGN(part_, services_.parts.catalog.multipart().BeginPart(
                               place, request_.part_number, head_.content_length));
    return {};
  }

  Status Write(std::span<const char> bytes) {
    return part_ ? part_->Write(bytes) : object_->Write(bytes);
  }

  Result<http::Response> EndWrite() {
    const Md5Digest md5 = part_ ? part_->Digest() : object_->Digest();
    const std::optional<std::string_view> announced = head_.Find("Content-MD5");
    if (announced && *announced != EncodeBase64(AsView(md5)))
      return Status(Code::kInvalidRequest, "Content-MD5 is not that of the body");
    TARN_TRY(part_ ? ToStatus(part_->Finish()) : object_->Finish());
    http::Response response;
    response.Add("ETag", serving::EntityTag(ToHex(AsView(md5))));
    return response;
  }

  /// Refuses what would change the meaning of a write and is not honoured.
  Status CheckHeaders() const {
    for (const auto& [name, value] : head_.headers) {
      for (const std::string_view refused : kRefusedOfWrites) {
        if (http::EqualsIgnoreCase(name.substr(0, refused.size()), refused))
          return {Code::kNotImplemented,
                  "presigned URL: header " + std::string(name) + " is not supported"};
      }
    }
    return {};
  }

  Result<http::Response> Read() {
    TARN_TRY(Check());
    auto opened =
        context().objects.Open({request_.storage_namespace, request_.address, request_.type}, {});
    if (opened.code() == Code::kDataNotFound) return Status(Code::kNotFound, "object not found");
    TARN_TRY(opened.status());
    const block::ObjectProperties properties = (*opened)->properties();
    const std::string tag =
        request_.entity_tag.empty() ? "" : serving::EntityTag(request_.entity_tag);
    const serving::Validators validators{tag, properties.last_modified.seconds};
    const serving::ObjectAnswer answer = serving::JudgeRead(head_, validators, properties.size, {});
    http::Response response;
    serving::DescribeObject(answer, validators, properties.size, &response);
    if (!answer.has_body()) return response;
    response.Add("Content-Type",
                 request_.content_type.empty() ? kDefaultContentType : request_.content_type);
    if (!request_.file_name.empty())
      response.Add("Content-Disposition", http::AttachmentDisposition(request_.file_name));
    serving::SetObjectBody(
        &response, block::StreamOf(*std::move(opened), {answer.range.offset, answer.range.length}),
        answer.range.length);
    return response;
  }

  http::Response Refuse(const Status& status) const {
    const bool is_failure = ErrorRowOf(status.code()).status >= 500;
    if (is_failure && status.code() != Code::kNotImplemented) life_.LogFailure(status);
    return Identified(ErrorAnswer(status));
  }

  /// What is refused can be asked about by the id that the log has.
  http::Response Identified(http::Response response) const {
    response.Add("X-Request-ID", life_.id());
    return response;
  }

  versioning::Context& context() const { return services_.parts.catalog.context(); }

  const Services& services_;
  const http::RequestHead& head_;
  serving::RequestLife life_;
  PresignedRequest request_;
  // One of the two takes the bytes of a write.
  std::unique_ptr<catalog::PartUpload> part_;
  std::unique_ptr<catalog::AddressUpload> object_;
};

}  // namespace

std::unique_ptr<http::Exchange> StartPresigned(const Services& services,
                                               const http::RequestHead& head) {
  return std::make_unique<PresignedExchange>(services, head);
}

}  // namespace tarn::rest
