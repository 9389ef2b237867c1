#include "serving/client_address.h"

#include "serving/host.h"

namespace tarn::serving {
namespace {

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

}  // namespace

std::string ClientAddress(const http::RequestHead& head) {
  const std::string_view forwarded = head.Get("X-Forwarded-For");
  if (const auto first = forwarded.substr(0, forwarded.find(',')); !first.empty())
    return std::string(Trimmed(first));
  if (const auto real = head.Get("X-Real-IP"); !real.empty()) return std::string(Trimmed(real));
  std::string_view host = HostWithoutPort(head.peer);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return std::string(host);
}

}  // namespace tarn::serving
