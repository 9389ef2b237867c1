#include "rest/presigned/presign.h"

#include "rest/answers.h"

namespace tarn::rest {
namespace {

// A proxy that ends TLS in front of the server says so.
std::string_view SchemeOf(const http::RequestHead& head) {
  return head.tls || head.Get("X-Forwarded-Proto") == "https" ? "https://" : "http://";
}

/// What comes before the path of a URL.
Result<std::string> BaseUrl(const Call& call) {
  std::string base = call.options().presign_endpoint;
  if (!base.empty()) {
    while (base.ends_with('/')) base.pop_back();
    return base;
  }
  const std::string_view host = call.head().Get("Host");
  if (host.empty())
    return Status(Code::kInvalidRequest, "presigned URL: the request names no host");
  return std::string(SchemeOf(call.head())).append(host);
}

}  // namespace

Status CheckPresign(const Call& call) {
  const block::StoreInfo& info = call.context().objects.info();
  if (info.presign_support) return {};
  return {Code::kUnsupported, info.type + " adapter presigned URL: operation not supported"};
}

Result<PresignedUrl> Presign(const Call& call, PresignedRequest request) {
  TARN_TRY(CheckPresign(call));
  TARN_TRY_ASSIGN(std::string base, BaseUrl(call));
  request.expires_seconds = call.context().clock.Now().seconds + call.options().presign_seconds;
  return PresignedUrl{std::move(base) + PresignedPath(call.options().presign_key, request),
                      request.expires_seconds};
}

Result<PresignedUrl> PresignWrite(const Call& call, const refs::Repository& repository,
                                  std::string_view address) {
  PresignedRequest request;
  request.verb = PresignedRequest::Verb::kWrite;
  request.storage_namespace = repository.storage_namespace.str();
  request.address = address;
  return Presign(call, std::move(request));
}

Result<PresignedUrl> PresignPart(const Call& call, const refs::Repository& repository,
                                 std::string_view upload_id, int64_t number) {
  PresignedRequest request;
  request.verb = PresignedRequest::Verb::kWrite;
  request.storage_namespace = repository.storage_namespace.str();
  request.upload_partition = repository.partition();
  request.upload_id = upload_id;
  request.part_number = number;
  return Presign(call, std::move(request));
}

http::Response RedirectAnswer(const PresignedUrl& url) {
  http::Response response = EmptyAnswer(302);
  response.Add("Location", url.url);
  return response;
}

}  // namespace tarn::rest
