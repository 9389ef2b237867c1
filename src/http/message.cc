#include "http/message.h"

#include <errno.h>
#include <sys/socket.h>

namespace tarn::http {
namespace {

constexpr char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

}  // namespace

bool EqualsIgnoreCase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && Lower(a[i]) != Lower(b[i])) return false;
  }
  return true;
}

std::optional<std::string_view> RequestHead::Find(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (EqualsIgnoreCase(key, name)) return value;
  }
  return std::nullopt;
}

bool RequestHead::client_left() const {
  if (socket < 0) return false;
  char byte;
  const ssize_t seen = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return seen == 0 || (seen < 0 && errno != EAGAIN && errno != EINTR);
}

Response& Response::Add(std::string_view name, std::string_view value) {
  headers.append(name).append(": ", 2);
  if (value.find('\r') == std::string_view::npos && value.find('\n') == std::string_view::npos) {
    headers.append(value);
  } else {
    for (const char c : value) {
      if (c != '\r' && c != '\n') headers.push_back(c);
    }
  }
  headers.append("\r\n", 2);
  return *this;
}

}  // namespace tarn::http
