#include "rest/presigned/presigned_exchange.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/blocking.h"
#include "base/log.h"
#include "catalog/multipart.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "http/content_disposition.h"
#include "http/http_date.h"
#include "rest/answers.h"
#include "rest/error_table.h"
#include "rest/handlers/encoders.h"
#include "rest/presigned/presigned_url.h"
#include "serving/entity_tag.h"
#include "serving/object_body.h"
#include "serving/range_header.h"
#include "serving/sandbox.h"

namespace tarn::rest {
namespace {

constexpr size_t kCompareBytes = 256 << 10;

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
      : services_(services), head_(head) {}

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
    Result<http::Response> result = writer_ || part_ ? EndWrite() : Read();
    if (result.code() == Code::kWouldBlock && !MayBlock()) return std::nullopt;
    if (!result.ok()) return Refuse(result.status());
    return *std::move(result);
  }

  http::Response TooLarge() override { return EmptyAnswer(413); }

  // The URL is a secret until it expires, so the line names what it stands for.
  void Finished(int status, int64_t body_bytes_sent) override {
    TARN_LOG_DEBUG(
        "HTTP call ended service_name=presigned method={} namespace={} address={} status_code={} "
        "sent_bytes={} source_ip={}",
        head_.method, request_.storage_namespace, request_.address, status, body_bytes_sent,
        head_.peer);
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

  block::ObjectPointer object() const {
    return {request_.storage_namespace, request_.address, request_.type};
  }

  Status BeginWrite() {
    TARN_TRY(Check());
    TARN_TRY(CheckHeaders());
    if (request_.upload_id.empty()) {
      TARN_TRY_ASSIGN(writer_,
                      context().objects.Create(
                          object(), {.size_hint = head_.content_length, .create_only = true}));
      return {};
    }
    const catalog::UploadPlace place{request_.upload_partition, request_.storage_namespace,
                                     request_.upload_id};
    TARN_TRY_ASSIGN(part_, services_.parts.catalog.multipart().BeginPart(
                               place, request_.part_number, head_.content_length));
    return {};
  }

  Status Write(std::span<const char> bytes) {
    if (part_) return part_->Write(bytes);
    md5_.Update({bytes.data(), bytes.size()});
    return writer_->Write(bytes);
  }

  Result<http::Response> EndWrite() {
    const Md5Digest md5 = part_ ? part_->Digest() : md5_.Finish();
    const std::optional<std::string_view> announced = head_.Find("Content-MD5");
    if (announced && *announced != EncodeBase64(AsView(md5)))
      return Status(Code::kInvalidRequest, "Content-MD5 is not that of the body");
    TARN_TRY(part_ ? ToStatus(part_->Finish()) : CommitOnce(md5));
    http::Response response;
    response.Add("ETag", serving::EntityTag(ToHex(AsView(md5))));
    return response;
  }

  /// An address is written once: what it holds may be linked and committed by now. Who lost the
  /// answer may send the same bytes again.
  Status CommitOnce(const Md5Digest& md5) {
    const auto stored = writer_->Commit();
    if (stored.code() != Code::kAlreadyExists) return stored.status();
    TARN_TRY_ASSIGN(const auto stream, context().objects.OpenStream(object(), {}));
    Md5Hasher older;
    std::vector<char> buffer(kCompareBytes);
    for (;;) {
      TARN_TRY_ASSIGN(const size_t got, stream->Read(buffer));
      if (got == 0) break;
      older.Update({buffer.data(), got});
    }
    if (older.Finish() == md5) return {};
    return {Code::kPreconditionFailed,
            "other bytes were written to this address already: ask for a new one"};
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
    auto opened = context().objects.Open(object(), {});
    if (opened.code() == Code::kDataNotFound) return Status(Code::kNotFound, "object not found");
    TARN_TRY(opened.status());
    const block::ObjectProperties properties = (*opened)->properties();
    http::Response response;
    response.Add("Accept-Ranges", "bytes");
    if (!request_.entity_tag.empty()) response.Add("ETag", serving::EntityTag(request_.entity_tag));
    response.Add("Last-Modified", http::FormatHttpDate(properties.last_modified.seconds));
    serving::AddSandbox(&response);
    // A range that is no range is ignored, as HTTP wants it.
    serving::ByteRange range{0, properties.size};
    const serving::ReadRange wanted = serving::ReadRangeHeader(head_.Get("Range"), properties.size);
    if (wanted.kind == serving::RangeKind::kUnsatisfiable) {
      response.Add("Content-Range", serving::UnsatisfiableRange(properties.size));
      response.status = 416;
      return response;
    }
    if (wanted.kind == serving::RangeKind::kGood) {
      range = wanted.range;
      response.status = 206;
      response.Add("Content-Range", serving::ContentRange(range, properties.size));
    }
    response.Add("Content-Type",
                 request_.content_type.empty() ? kDefaultContentType : request_.content_type);
    if (!request_.file_name.empty())
      response.Add("Content-Disposition", http::AttachmentDisposition(request_.file_name));
    serving::SetObjectBody(
        &response, block::StreamOf(*std::move(opened), {range.offset, range.length}), range.length);
    return response;
  }

  http::Response Refuse(const Status& status) const {
    const int code = ErrorRowOf(status.code()).status;
    if (code >= 500) TARN_LOG_ERROR("presigned {}: {}", head_.method, status.ToString());
    return ErrorAnswer(status);
  }

  versioning::Context& context() const { return services_.parts.catalog.context(); }

  const Services& services_;
  const http::RequestHead& head_;
  PresignedRequest request_;
  // One of the two takes the bytes of a write.
  std::unique_ptr<catalog::PartUpload> part_;
  std::unique_ptr<block::ObjectWriter> writer_;
  Md5Hasher md5_;
};

}  // namespace

std::unique_ptr<http::Exchange> StartPresigned(const Services& services,
                                               const http::RequestHead& head) {
  return std::make_unique<PresignedExchange>(services, head);
}

}  // namespace tarn::rest
