#include "rest/presigned/presign.h"

#include <utility>

#include "rest/answers.h"
#include "rest/presigned/presigned_url.h"

namespace tarn::rest {
namespace {

// A proxy that ends TLS in front of the server says so.
std::string_view SchemeOf(const http::RequestHead& head) {
  return head.tls || head.Get("X-Forwarded-Proto") == "https" ? "https://" : "http://";
}

/// What the client has reached the server by; empty if it names no host.
std::string ServerUrl(const http::RequestHead& head) {
  const std::string_view host = head.Get("Host");
  return host.empty() ? "" : std::string(SchemeOf(head)).append(host);
}

PresignedRequest ToSigned(const block::PresignRequest& request) {
  PresignedRequest to_sign;
  to_sign.verb = request.verb == block::PresignRequest::Verb::kRead
                     ? PresignedRequest::Verb::kRead
                     : PresignedRequest::Verb::kWrite;
  to_sign.storage_namespace = request.object.storage_namespace;
  to_sign.address = request.object.address;
  to_sign.type = request.object.type;
  to_sign.file_name = request.file_name;
  to_sign.content_type = request.content_type;
  to_sign.entity_tag = request.entity_tag;
  to_sign.upload_partition = request.part.partition;
  to_sign.upload_id = request.part.upload_id;
  to_sign.part_number = request.part.number;
  return to_sign;
}

}  // namespace

std::string_view FileNameOf(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path.substr(path.rfind('/') + 1);
}

block::PresignFunction PresignByServer(PresignOptions options, Clock& clock) {
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  return [options = std::move(options),
          &clock](const block::PresignRequest& request) -> Result<block::PresignedUrl> {
    std::string url(options.endpoint.empty() ? request.server_url : options.endpoint);
    if (url.empty())
      return Status(Code::kInvalidRequest, "presigned URL: the request names no host");
    PresignedRequest to_sign = ToSigned(request);
    to_sign.expires_seconds = clock.Now().seconds + options.seconds;
    url += PresignedPath(options.key, to_sign);
    return block::PresignedUrl{std::move(url), to_sign.expires_seconds};
  };
}

Result<block::PresignedUrl> Presign(const Call& call, block::PresignRequest request) {
  const std::string server_url = ServerUrl(call.head());
  request.server_url = server_url;
  return call.context().objects.Presign(request);
}

Result<block::PresignedUrl> PresignWrite(const Call& call, const refs::Repository& repository,
                                         std::string_view address) {
  return Presign(call, {.verb = block::PresignRequest::Verb::kWrite,
                        .object = {repository.storage_namespace.view(), address}});
}

Result<block::PresignedUrl> PresignPart(const Call& call, const refs::Repository& repository,
                                        std::string_view upload_id, int64_t number) {
  const std::string partition = repository.partition();
  return Presign(call, {.verb = block::PresignRequest::Verb::kWrite,
                        .object = {repository.storage_namespace.view(), ""},
                        .part = {partition, upload_id, number}});
}

http::Response RedirectAnswer(const block::PresignedUrl& url) {
  http::Response response = EmptyAnswer(302);
  response.Add("Location", url.url);
  return response;
}

}  // namespace tarn::rest
