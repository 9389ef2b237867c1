#include "codec/url.h"

#include <algorithm>
#include <cstdint>

#include "codec/utf8.h"

namespace tarn {
namespace {

enum class Part : uint8_t { kPath, kSegment, kHost, kQuery };

constexpr bool IsAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Must `c` be escaped in that part of a URL?
constexpr bool NeedsEscape(char c, Part part) {
  constexpr std::string_view kReserved = "$&+,/:;=?@";
  if (IsAlnum(c) || std::string_view("-_.~").find(c) != std::string_view::npos) return false;
  if (part == Part::kHost) {
    return std::string_view("!$&'()*+,;=:[]<>\"").find(c) == std::string_view::npos;
  }
  if (kReserved.find(c) == std::string_view::npos) return true;
  if (part == Part::kPath) return c == '?';
  if (part == Part::kSegment) return c == '/' || c == ';' || c == ',' || c == '?';
  return true;
}

bool IsEscape(std::string_view text, size_t i) {
  return i + 2 < text.size() && HexValue(text[i + 1]) >= 0 && HexValue(text[i + 2]) >= 0;
}

Status InvalidEscape(std::string_view text, size_t i) {
  return {Code::kInvalidValue, "invalid URL escape " + Quote(text.substr(i, 3))};
}

char DecodedByte(std::string_view text, size_t i) {
  return static_cast<char>(HexValue(text[i + 1]) << 4 | HexValue(text[i + 2]));
}

Result<std::string> Unescape(std::string_view text, bool plus_is_space) {
  const auto is_special = [&](char c) { return c == '%' || (plus_is_space && c == '+'); };
  const auto plain =
      static_cast<size_t>(std::find_if(text.begin(), text.end(), is_special) - text.begin());
  std::string out;
  out.reserve(text.size());
  out.append(text.substr(0, plain));
  for (size_t i = plain; i < text.size(); ++i) {
    if (text[i] == '%') {
      if (!IsEscape(text, i)) return InvalidEscape(text, i);
      out.push_back(DecodedByte(text, i));
      i += 2;
    } else {
      out.push_back(plus_is_space && text[i] == '+' ? ' ' : text[i]);
    }
  }
  return out;
}

std::string Escape(std::string_view text, Part part) {
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    if (part == Part::kQuery && c == ' ') {
      out.push_back('+');
    } else if (NeedsEscape(c, part)) {
      constexpr std::string_view kHex = "0123456789ABCDEF";
      const auto byte = static_cast<uint8_t>(c);
      const char escape[3] = {'%', kHex[byte >> 4], kHex[byte & 15]};
      out.append(escape, 3);
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// A host may escape bytes over 0x7f only ("%25" too, for zones); other characters are limited.
Result<std::string> UnescapeHost(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (!IsEscape(text, i)) return InvalidEscape(text, i);
      if (HexValue(text[i + 1]) < 8 && text.substr(i, 3) != "%25") return InvalidEscape(text, i);
      out.push_back(DecodedByte(text, i));
      i += 2;
    } else if (static_cast<uint8_t>(c) < 0x80 && NeedsEscape(c, Part::kHost)) {
      return Status(Code::kInvalidValue,
                    "invalid character " + Quote(text.substr(i, 1)) + " in host name");
    } else {
      out.push_back(c);
    }
  }
  return out;
}

bool IsOptionalPort(std::string_view text) {
  if (text.empty()) return true;
  return text[0] == ':' &&
         std::all_of(text.begin() + 1, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Result<std::string> ParseHost(std::string_view host) {
  std::string_view port;
  if (host.starts_with('[')) {
    const size_t end = host.rfind(']');
    if (end == std::string_view::npos) return Status(Code::kInvalidValue, "missing ']' in host");
    port = host.substr(end + 1);
  } else if (const size_t colon = host.rfind(':'); colon != std::string_view::npos) {
    port = host.substr(colon);
  }
  if (!IsOptionalPort(port)) {
    return Status(Code::kInvalidValue, "invalid port " + Quote(port) + " after host");
  }
  return UnescapeHost(host);
}

bool IsUserInfo(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsAlnum(c) || std::string_view("-._:~!$&'()*+,;=%@").find(c) != std::string_view::npos;
  });
}

Status ParseAuthority(std::string_view authority, Uri* uri) {
  const size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    const std::string_view user = authority.substr(0, at);
    if (!IsUserInfo(user)) return {Code::kInvalidValue, "net/url: invalid userinfo"};
    TARN_TRY(PathUnescape(user));
    uri->user_info = std::string(user);
    authority.remove_prefix(at + 1);
  }
  TARN_TRY_ASSIGN(uri->host, ParseHost(authority));
  return {};
}

/// Cuts "scheme:" off `text`; no scheme is fine.
Result<std::string> CutScheme(std::string_view* text) {
  for (size_t i = 0; i < text->size(); ++i) {
    const char c = (*text)[i];
    if (c == ':') {
      if (i == 0) return Status(Code::kInvalidValue, "missing protocol scheme");
      std::string scheme(text->substr(0, i));
      for (char& letter : scheme) {
        if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
      }
      text->remove_prefix(i + 1);
      return scheme;
    }
    const bool letter = IsAlnum(c) && !(c >= '0' && c <= '9');
    const bool inside = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    if (!letter && !(inside && i > 0)) break;
  }
  return std::string();
}

Result<Uri> Parse(std::string_view text) {
  Uri uri;
  const auto is_control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return Status(Code::kInvalidValue, "net/url: invalid control character in URL");
  }
  if (text.empty()) return Status(Code::kInvalidValue, "empty url");
  if (text == "*") {
    uri.path = uri.raw_path = "*";
    return uri;
  }
  std::string_view rest = text;
  TARN_TRY_ASSIGN(uri.scheme, CutScheme(&rest));
  if (const size_t mark = rest.find('?'); mark != std::string_view::npos) {
    uri.query = std::string(rest.substr(mark + 1));
    rest = rest.substr(0, mark);
  }
  if (!rest.starts_with('/')) {
    if (uri.scheme.empty()) return Status(Code::kInvalidValue, "invalid URI for request");
    uri.opaque = std::string(rest);
    return uri;
  }
  if (!uri.scheme.empty() && rest.starts_with("//")) {
    rest.remove_prefix(2);
    const size_t slash = std::min(rest.find('/'), rest.size());
    TARN_TRY(ParseAuthority(rest.substr(0, slash), &uri));
    rest.remove_prefix(slash);
  }
  TARN_TRY_ASSIGN(uri.path, PathUnescape(rest));
  uri.raw_path = EscapePath(uri.path) == rest ? uri.path : std::string(rest);
  return uri;
}

}  // namespace

Result<std::string> PathUnescape(std::string_view text) { return Unescape(text, false); }
Result<std::string> QueryUnescape(std::string_view text) { return Unescape(text, true); }

bool HasValidEscapes(std::string_view text) {
  for (size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    if (!IsEscape(text, i)) return false;
  }
  return true;
}

std::string EscapePath(std::string_view path) { return Escape(path, Part::kPath); }
std::string EscapePathSegment(std::string_view segment) { return Escape(segment, Part::kSegment); }
std::string EscapeQuery(std::string_view value) { return Escape(value, Part::kQuery); }

Query::Query(std::string_view query) {
  if (query.empty()) return;
  pairs_.reserve(static_cast<size_t>(std::count(query.begin(), query.end(), '&')) + 1);
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.empty() || pair.find(';') != std::string_view::npos) continue;
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = QueryUnescape(pair.substr(0, equals));
    auto value = QueryUnescape(pair.substr(std::min(equals + 1, pair.size())));
    if (name.ok() && value.ok()) pairs_.emplace_back(*std::move(name), *std::move(value));
  }
}

const std::string* Query::Find(std::string_view name) const {
  for (const auto& [key, value] : pairs_) {
    if (key == name) return &value;
  }
  return nullptr;
}

std::string_view Query::Get(std::string_view name) const {
  const std::string* value = Find(name);
  return value == nullptr ? std::string_view() : std::string_view(*value);
}

size_t Query::Count(std::string_view name) const {
  return static_cast<size_t>(
      std::count_if(pairs_.begin(), pairs_.end(), [&](const auto& p) { return p.first == name; }));
}

void Query::Add(std::string name, std::string value) {
  pairs_.emplace_back(std::move(name), std::move(value));
}

Result<Uri> ParseRequestUri(std::string_view text) {
  auto uri = Parse(text);
  if (uri.ok()) return uri;
  return std::move(uri).status().Prefixed("parse " + Quote(text) + ": ");
}

}  // namespace tarn
