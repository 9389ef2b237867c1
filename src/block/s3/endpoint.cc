#include "block/s3/endpoint.h"

#include <algorithm>

#include "codec/url.h"

namespace tarn::block::s3 {
namespace {

std::string UrlOfRegion(std::string_view region) {
  const std::string_view domain =
      region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  return std::string("https://s3.").append(region).append(domain);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAddress(std::string_view host) {
  if (host.starts_with('[')) return true;
  host = host.substr(0, host.find(':'));
  return std::all_of(host.begin(), host.end(), [](char c) { return IsDigit(c) || c == '.'; });
}

/// Whether the name can be a label of a host; under TLS one label only, as certificates want it.
bool CanBeInHost(std::string_view bucket, bool is_tls) {
  if (bucket.size() < 3 || bucket.size() > 63) return false;
  for (size_t i = 0; i < bucket.size(); ++i) {
    const char c = bucket[i];
    const bool is_dot = c == '.';
    const bool at_border = i == 0 || i + 1 == bucket.size() || bucket[i - 1] == '.';
    if (is_dot ? is_tls || at_border : !((c >= 'a' && c <= 'z') || IsDigit(c) || c == '-')) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<Endpoint> EndpointOf(const EndpointOptions& options, std::string_view region,
                            std::string_view bucket) {
  TARN_TRY_ASSIGN(Uri uri,
                  ParseRequestUri(options.url.empty() ? UrlOfRegion(region) : options.url));
  const bool is_tls = uri.scheme == "https";
  if ((!is_tls && uri.scheme != "http") || uri.host.empty()) {
    return Status(Code::kInvalidValue, "endpoint of the object store is no http or https URL");
  }
  Endpoint endpoint{uri.scheme + "://" + uri.host, uri.host, std::move(uri.path)};
  while (endpoint.path.ends_with('/')) endpoint.path.pop_back();
  if (options.force_path_style || IsAddress(endpoint.host) || !CanBeInHost(bucket, is_tls)) {
    endpoint.path.append("/").append(bucket);
    return endpoint;
  }
  endpoint.host = std::string(bucket) + "." + endpoint.host;
  endpoint.server = uri.scheme + "://" + endpoint.host;
  return endpoint;
}

std::vector<std::string> OriginsOf(const EndpointOptions& options, std::string_view region) {
  const auto in_path = EndpointOf(options, region, "*");  // No host has such a label.
  const auto in_host = EndpointOf(options, region, "bucket");
  if (!in_path.ok() || !in_host.ok()) return {};
  std::vector<std::string> origins{in_path->server};
  if (in_host->server != in_path->server) {
    const size_t host_at = in_path->server.size() - in_path->host.size();
    origins.push_back(in_path->server.substr(0, host_at) + "*." + in_path->host);
  }
  return origins;
}

}  // namespace tarn::block::s3
