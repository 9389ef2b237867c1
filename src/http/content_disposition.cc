#include "http/content_disposition.h"

#include <algorithm>

namespace tarn::http {
namespace {

bool IsControl(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }
bool IsAscii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool IsTokenChar(char c) {
  return IsAscii(c) && !IsControl(c) && c != ' ' &&
         std::string_view("()<>@,;:\\\"/[]?=").find(c) == std::string_view::npos;
}

void AppendPercent(std::string* out, char c) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out->append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
}

}  // namespace

std::string AttachmentDisposition(std::string_view file_name) {
  std::string text = "attachment; filename";
  if (std::all_of(file_name.begin(), file_name.end(), IsTokenChar)) {
    return text.append("=").append(file_name);
  }
  if (std::all_of(file_name.begin(), file_name.end(),
                  [](char c) { return IsAscii(c) && !IsControl(c); })) {
    text += "=\"";
    for (const char c : file_name) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text + '"';
  }
  text += "*=utf-8''";
  for (const char c : file_name) {
    if (IsTokenChar(c) && c != '*' && c != '\'' && c != '%') {
      text += c;
    } else {
      AppendPercent(&text, c);
    }
  }
  return text;
}

}  // namespace tarn::http
