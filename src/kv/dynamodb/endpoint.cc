#include "kv/dynamodb/endpoint.h"

#include <utility>

#include "codec/url.h"

namespace tarn::kv::dynamodb {
namespace {

std::string UrlOfRegion(std::string_view region) {
  const std::string_view domain =
      region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return std::string("https://dynamodb.").append(region).append(domain);
}

}  // namespace

Result<Endpoint> EndpointOf(const std::string& url, std::string_view region) {
  auto uri = ParseRequestUri(url.empty() ? UrlOfRegion(region) : url);
  if (!uri.ok() || (uri->scheme != "http" && uri->scheme != "https") || uri->host.empty()) {
    return Status(Code::kInvalidValue,
                  "expected a URL like https://host:port, not \"" + url + "\"");
  }
  Endpoint endpoint{uri->scheme + "://" + uri->host, uri->host, std::move(uri->path)};
  if (!endpoint.path.ends_with('/')) endpoint.path += '/';
  return endpoint;
}

}  // namespace tarn::kv::dynamodb
