#include "serving/host.h"

#include "http/message.h"

namespace tarn::serving {

std::string_view HostWithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

std::optional<std::string_view> LabelsBelow(std::string_view host, std::string_view domain) {
  if (http::EqualsIgnoreCase(host, domain)) return std::string_view();
  if (host.size() <= domain.size() + 1) return std::nullopt;
  const size_t labels = host.size() - domain.size() - 1;
  if (host[labels] != '.' || !http::EqualsIgnoreCase(host.substr(labels + 1), domain))
    return std::nullopt;
  return host.substr(0, labels);
}

}  // namespace tarn::serving
