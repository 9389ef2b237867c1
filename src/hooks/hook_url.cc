#include "hooks/hook_url.h"

#include "codec/url.h"

namespace tarn::hooks {
namespace {

constexpr std::string_view kHex = "0123456789ABCDEF";

/// Escapes what must be, and leaves alone what is escaped already or may stand.
std::string EscapeOnce(std::string_view path) {
  constexpr std::string_view kPlain = "-_.~$&+,:;=@/!*'()%";
  std::string escaped;
  for (const char c : path) {
    const bool is_alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (is_alphanumeric || kPlain.find(c) != std::string_view::npos) {
      escaped += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return escaped;
}

std::string WithoutDotElements(std::string_view path) {
  std::string clean;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view element = path.substr(begin, end - begin);
    if (element == "..") {
      clean.erase(clean.size() > 1 ? clean.rfind('/', clean.size() - 2) + 1 : clean.size());
    } else if (element != ".") {
      clean.append(element);
      if (end < path.size()) clean += '/';
    }
    begin = end + 1;
  }
  return clean;
}

}  // namespace

std::string HookUrl::ToSend() const {
  std::string text = scheme + "://" + host + (path.empty() ? "/" : path);
  return query.empty() ? text : text + "?" + query;
}

std::string HookUrl::ToShow() const {
  std::string text;
  if (!scheme.empty()) text = scheme + ":";
  if (!scheme.empty() || !host.empty()) text += "//";
  if (user_info) {
    const size_t colon = user_info->find(':');
    text += user_info->substr(0, colon) + (colon == std::string::npos ? "@" : ":***@");
  }
  text += host + path;
  if (!query.empty()) text += "?" + query;
  return fragment.empty() ? text : text + "#" + fragment;
}

std::optional<std::string> HookUrl::Credentials() const {
  if (!user_info) return std::nullopt;
  const size_t colon = user_info->find(':');
  const auto decode = [](std::string_view text) {
    auto decoded = PathUnescape(text);
    return decoded.ok() ? *std::move(decoded) : std::string(text);
  };
  return decode(user_info->substr(0, colon)) + ":" +
         (colon == std::string::npos ? "" : decode(user_info->substr(colon + 1)));
}

bool HookUrl::IsSameServer(const HookUrl& other) const {
  return scheme == other.scheme && host == other.host;
}

Result<HookUrl> ParseHookUrl(std::string_view text) {
  HookUrl url;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    url.fragment = text.substr(hash + 1);
    text = text.substr(0, hash);
  }
  if (text.empty()) return url;
  auto parsed = ParseRequestUri(text);
  if (!parsed.ok()) {
    // A relative one: the text has no server, which is found out later.
    if (!parsed.status().message().ends_with("invalid URI for request")) {
      return Status(Code::kInternal, std::string(parsed.status().message()));
    }
    const size_t mark = text.find('?');
    url.path = EscapeOnce(text.substr(0, mark));
    if (mark != std::string_view::npos) url.query = text.substr(mark + 1);
    return url;
  }
  url.scheme = parsed->scheme;
  url.user_info = parsed->user_info;
  url.host = parsed->host;
  url.query = parsed->query;
  // As it was written, but for what must be escaped.
  url.path =
      EscapeOnce(parsed->raw_path == parsed->path ? EscapePath(parsed->path) : parsed->raw_path);
  return url;
}

Result<HookUrl> FollowLocation(const HookUrl& from, std::string_view location) {
  TARN_TRY_ASSIGN(HookUrl next, ParseHookUrl(location));
  if (!next.scheme.empty()) return next;
  HookUrl url = from;
  url.user_info.reset();
  if (location.starts_with("//")) return ParseHookUrl(from.scheme + ":" + std::string(location));
  url.query = next.query;
  url.fragment = next.fragment;
  if (location.starts_with("?")) {
    url.query = location.substr(1);
    return url;
  }
  const bool is_rooted = next.path.starts_with('/');
  url.path = WithoutDotElements(
      is_rooted ? next.path : from.path.substr(0, from.path.rfind('/') + 1) + next.path);
  return url;
}

}  // namespace tarn::hooks
