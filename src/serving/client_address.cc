#include "serving/client_address.h"

#include "base/text.h"
#include "serving/host.h"

namespace tarn::serving {

std::string ClientAddress(const http::RequestHead& head) {
  const std::string_view forwarded = head.Get("X-Forwarded-For");
  if (const auto first = forwarded.substr(0, forwarded.find(',')); !first.empty())
    return std::string(Trim(first, " \t"));
  if (const auto real = head.Get("X-Real-IP"); !real.empty()) return std::string(real);
  std::string_view host = HostWithoutPort(head.peer);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

std::optional<std::string> FactOf(const http::RequestHead& head, std::string_view name) {
  if (name != "SourceIp") return std::nullopt;
  return ClientAddress(head);
}

}  // namespace tarn::serving
