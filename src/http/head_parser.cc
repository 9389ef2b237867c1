#include "http/head_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

#include "codec/url.h"

namespace tarn::http {
namespace {

constexpr std::array<bool, 256> TokenCharacters() {
  std::array<bool, 256> token{};
  for (int c = '0'; c <= '9'; ++c) token[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) token[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) token[static_cast<size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) token[static_cast<uint8_t>(c)] = true;
  return token;
}
constexpr auto kToken = TokenCharacters();

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char c) { return kToken[static_cast<uint8_t>(c)]; });
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }

bool IsControl(char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; }

/// True if one of the eight bytes is below 0x20 or 0x7f; the usual bit tricks.
bool HasControl(uint64_t word) {
  constexpr uint64_t kOnes = 0x0101010101010101ULL;
  constexpr uint64_t kHigh = 0x8080808080808080ULL;
  const uint64_t rubout = word ^ (kOnes * 0x7f);
  return ((((word - kOnes * 0x20) & ~word) | ((rubout - kOnes) & ~rubout)) & kHigh) != 0;
}

/// True if `text` has a control character; `allow_tab` spares the tab.
bool HasControlCharacter(std::string_view text, bool allow_tab) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (!HasControl(word)) continue;
    for (size_t j = i; j < i + 8; ++j) {
      if (IsControl(text[j]) && !(allow_tab && text[j] == '\t')) return true;
    }
  }
  for (; i < text.size(); ++i) {
    if (IsControl(text[i]) && !(allow_tab && text[i] == '\t')) return true;
  }
  return false;
}

std::string_view TrimBlanks(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

/// Cuts the next line off; the scanner has seen to it that each ends with "\r\n".
std::string_view CutLine(std::string_view* bytes) {
  const auto* feed = static_cast<const char*>(std::memchr(bytes->data(), '\n', bytes->size()));
  const auto length = static_cast<size_t>(feed - bytes->data());
  const std::string_view line = bytes->substr(0, length - 1);
  bytes->remove_prefix(length + 1);
  return line;
}

std::optional<HeadError> ParseVersion(std::string_view version, ParsedHead* out) {
  if (version == "HTTP/1.1") return std::nullopt;
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (version.size() != 8 || !version.starts_with("HTTP/") || !digit(version[5]) ||
      version[6] != '.' || !digit(version[7])) {
    return HeadError{400, "malformed HTTP version"};
  }
  if (version[5] != '1') return HeadError{505, "unsupported protocol version"};
  out->http_1_0 = version[7] == '0';
  out->keep_alive = !out->http_1_0;
  return std::nullopt;
}

/// Splits origin-form and absolute-form targets; `authority` is set for the latter.
std::optional<HeadError> ParseTarget(std::string_view target, RequestHead* head,
                                     std::string_view* authority) {
  if (HasControlCharacter(target, false)) return HeadError{};
  if (!target.starts_with('/') && target != "*") {
    const size_t scheme = target.find("://");
    if (scheme == std::string_view::npos) return HeadError{};
    const std::string_view name = target.substr(0, scheme);
    if (!EqualsIgnoreCase(name, "http") && !EqualsIgnoreCase(name, "https")) return HeadError{};
    target.remove_prefix(scheme + 3);
    const size_t end = std::min(target.find_first_of("/?"), target.size());
    *authority = target.substr(0, end);
    if (authority->empty()) return HeadError{};
    target.remove_prefix(end);
  }
  const size_t mark = target.find('?');
  head->target = target;
  head->path = target.substr(0, mark);
  head->query = mark == std::string_view::npos ? "" : target.substr(mark + 1);
  if (head->path.empty()) {
    head->path = "/";
    if (head->query.empty()) head->target = "/";
  }
  if (!HasValidEscapes(head->path)) return HeadError{};
  return std::nullopt;
}

/// What the headers say about the connection and the body.
struct Framing {
  int hosts = 0;
  int codings = 0;
  bool chunked = false;
  bool expects_other = false;
  std::optional<int64_t> length;
};

std::optional<HeadError> ReadLength(std::string_view value, Framing* framing) {
  int64_t length = 0;
  const char* end = value.data() + value.size();
  const bool digits = !value.empty() && std::all_of(value.begin(), value.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return HeadError{400, "bad Content-Length"};
  if (std::from_chars(value.data(), end, length).ec != std::errc()) {
    return HeadError{400, "bad Content-Length"};
  }
  if (framing->length && *framing->length != length) {
    return HeadError{400, "differing Content-Length"};
  }
  framing->length = length;
  return std::nullopt;
}

void ReadConnection(std::string_view value, ParsedHead* out) {
  while (!value.empty()) {
    const size_t comma = std::min(value.find(','), value.size());
    const std::string_view option = TrimBlanks(value.substr(0, comma));
    if (EqualsIgnoreCase(option, "close")) out->keep_alive = false;
    if (out->http_1_0 && EqualsIgnoreCase(option, "keep-alive")) out->keep_alive = true;
    value.remove_prefix(std::min(comma + 1, value.size()));
  }
}

/// Looks at one header; the length of the name rules most of them out at once.
std::optional<HeadError> ReadHeader(std::string_view name, std::string_view value, Framing* framing,
                                    ParsedHead* out) {
  switch (name.size()) {
    case 4:
      if (EqualsIgnoreCase(name, "host")) ++framing->hosts;
      break;
    case 6:
      if (EqualsIgnoreCase(name, "expect")) {
        const bool known = EqualsIgnoreCase(value, "100-continue");
        (known ? out->expects_continue : framing->expects_other) = true;
      }
      break;
    case 10:
      if (EqualsIgnoreCase(name, "connection")) ReadConnection(value, out);
      break;
    case 14:
      if (EqualsIgnoreCase(name, "content-length")) return ReadLength(value, framing);
      break;
    case 17:
      if (EqualsIgnoreCase(name, "transfer-encoding")) {
        ++framing->codings;
        framing->chunked = EqualsIgnoreCase(value, "chunked");
      }
      break;
    default:
      break;
  }
  return std::nullopt;
}

std::optional<HeadError> ApplyFraming(const Framing& framing, std::string_view authority,
                                      ParsedHead* out) {
  RequestHead& head = out->head;
  if (framing.hosts > 1) return HeadError{400, "too many Host headers"};
  if (framing.hosts == 0 && !out->http_1_0) return HeadError{400, "missing required Host header"};
  if (framing.codings > 0) {
    if (out->http_1_0 || framing.length) return HeadError{400, "conflicting body length"};
    if (framing.codings > 1 || !framing.chunked) {
      return HeadError{501, "unsupported transfer encoding"};
    }
  }
  if (framing.expects_other) return HeadError{417, ""};
  if (out->http_1_0) out->expects_continue = false;
  head.chunked = framing.chunked;
  head.content_length = framing.length;
  if (!authority.empty()) {  // The target's authority counts, not the header.
    for (auto& [name, value] : head.headers) {
      if (EqualsIgnoreCase(name, "host")) value = authority;
    }
    if (framing.hosts == 0) head.headers.emplace_back("Host", authority);
  }
  for (const auto& [name, value] : head.headers) {
    if (EqualsIgnoreCase(name, "host") && std::any_of(value.begin(), value.end(), IsBlank)) {
      return HeadError{400, "malformed Host header"};
    }
  }
  return std::nullopt;
}

}  // namespace

HeadScanner::Outcome HeadScanner::Scan(std::string_view bytes) {
  while (scanned_ < bytes.size()) {
    const void* feed = std::memchr(bytes.data() + scanned_, '\n', bytes.size() - scanned_);
    if (feed == nullptr) {
      scanned_ = bytes.size();
      break;
    }
    const auto at = static_cast<size_t>(static_cast<const char*>(feed) - bytes.data());
    if (at == line_ || bytes[at - 1] != '\r') return Outcome::kBad;
    const bool empty = at == line_ + 1;
    const bool first = line_ == begin_;
    line_ = scanned_ = at + 1;
    if (empty && !first) return Outcome::kFound;
    if (empty) begin_ = line_;
  }
  return Outcome::kMore;
}

std::optional<HeadError> ParseHead(std::string_view bytes, int header_count_max, ParsedHead* out) {
  RequestHead& head = out->head;
  head.headers.clear();
  out->http_1_0 = out->expects_continue = false;
  out->keep_alive = true;

  const std::string_view line = CutLine(&bytes);
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return HeadError{};
  head.method = line.substr(0, first);
  if (!IsToken(head.method)) return HeadError{};
  const std::string_view target = line.substr(first + 1, last - first - 1);
  if (target.empty() || target.find(' ') != std::string_view::npos) return HeadError{};
  if (auto error = ParseVersion(line.substr(last + 1), out)) return error;
  std::string_view authority;
  if (auto error = ParseTarget(target, &head, &authority)) return error;

  Framing framing;
  while (bytes.size() > 2) {
    const std::string_view header = CutLine(&bytes);
    const size_t colon = header.find(':');
    if (colon == std::string_view::npos) return HeadError{};
    const std::string_view name = header.substr(0, colon);
    const std::string_view value = TrimBlanks(header.substr(colon + 1));
    if (!IsToken(name) || HasControlCharacter(value, true)) return HeadError{};
    if (head.headers.size() >= static_cast<size_t>(header_count_max)) return HeadError{431, ""};
    head.headers.emplace_back(name, value);
    if (auto error = ReadHeader(name, value, &framing, out)) return error;
  }
  return ApplyFraming(framing, authority, out);
}

}  // namespace tarn::http
