#include "auth/email.h"

namespace tarn::auth {
namespace {

constexpr size_t kAddressBytesMax = 254;  // RFC 5321
constexpr size_t kLocalBytesMax = 64;
constexpr size_t kLabelBytesMax = 63;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Dot-separated atoms of RFC 5322; bytes of UTF-8 count as letters (RFC 6531).
bool IsLocalPart(std::string_view text) {
  if (text.empty() || text.size() > kLocalBytesMax) return false;
  char previous = '.';
  for (const char c : text) {
    if (c == '.') {
      if (previous == '.') return false;
    } else if (!IsLetter(c) && !IsDigit(c) && static_cast<unsigned char>(c) < 0x80 &&
               std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) == std::string_view::npos) {
      return false;
    }
    previous = c;
  }
  return previous != '.';
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > kLabelBytesMax) return false;
  for (const char c : label) {
    if (!IsLetter(c) && !IsDigit(c) && c != '-' && static_cast<unsigned char>(c) < 0x80) {
      return false;
    }
  }
  return label.front() != '-' && label.back() != '-';
}

bool IsDomain(std::string_view text) {
  size_t labels = 0;
  while (true) {
    const size_t dot = text.find('.');
    const std::string_view label = text.substr(0, dot);
    if (!IsLabel(label)) return false;
    ++labels;
    if (dot == std::string_view::npos) {
      return labels >= 2 && label.size() >= 2 && !IsDigit(label.front());
    }
    text.remove_prefix(dot + 1);
  }
}

}  // namespace

Status CheckEmail(std::string_view address) {
  if (address.empty()) return {Code::kInvalidRequest, "email is required"};
  const size_t at = address.rfind('@');
  if (at == std::string_view::npos || address.size() > kAddressBytesMax ||
      !IsLocalPart(address.substr(0, at)) || !IsDomain(address.substr(at + 1))) {
    return {Code::kInvalidRequest, "invalid email address"};
  }
  return {};
}

}  // namespace tarn::auth
