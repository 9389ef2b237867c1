// Module `net/url`.
#include "codec/url.h"

#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

Status CannotParse(std::string_view text, std::string_view why) {
  return {Code::kInvalidValue, "parse \"" + std::string(text) + "\": " + std::string(why)};
}

/// True if the text begins with "scheme:".
bool HasScheme(std::string_view text) {
  const size_t end =
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
  return end != std::string_view::npos && end > 0 && text[end] == ':' &&
         std::string_view("0123456789+-.").find(text[0]) == std::string_view::npos;
}

/// Any URL, relative ones among them; without its fragment.
Result<Uri> ParseUrl(std::string_view text) {
  if (HasScheme(text)) return ParseRequestUri(text);
  if (text.starts_with("//")) {
    TARN_TRY_ASSIGN(Uri uri, ParseRequestUri("x:" + std::string(text)));
    uri.scheme.clear();
    return uri;
  }
  const std::string_view path = text.substr(0, text.find('?'));
  if (path.starts_with(':')) return CannotParse(text, "missing protocol scheme");
  if (path.substr(0, path.find('/')).find(':') != std::string_view::npos) {
    return CannotParse(text, "first path segment in URL cannot contain colon");
  }
  Uri uri;
  auto decoded = PathUnescape(path);
  if (!decoded.ok()) return CannotParse(text, decoded.status().message());
  uri.path = *std::move(decoded);
  if (path.size() < text.size()) uri.query = text.substr(path.size() + 1);
  return uri;
}

Status Parse(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  const size_t mark = text.find('#');
  TARN_TRY_ASSIGN(Uri uri, ParseUrl(text.substr(0, mark)));
  std::string fragment;
  if (mark != std::string_view::npos) {
    auto decoded = PathUnescape(text.substr(mark + 1));
    if (!decoded.ok()) return CannotParse(text, decoded.status().message());
    fragment = *std::move(decoded);
  }
  Json::Object parts;
  parts.emplace_back("scheme", Json(std::move(uri.scheme)));
  parts.emplace_back("host", Json(std::move(uri.host)));
  parts.emplace_back("path", Json(std::move(uri.path)));
  parts.emplace_back("query", Json(std::move(uri.query)));
  parts.emplace_back("fragment", Json(std::move(fragment)));
  call.Return(Json(std::move(parts)));
  return {};
}

/// build_url(scheme, host[, path[, query[, fragment]]])
Status Build(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view scheme, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view host, call.Text(2));
  std::string_view more[3];  // path, query, fragment
  for (int i = 0; i < 3 && call.Has(i + 3); ++i) {
    TARN_TRY_ASSIGN(more[i], call.Text(i + 3));
  }
  const std::string_view path = more[0];
  std::string url;
  if (!scheme.empty()) url.append(scheme).append(":");
  const bool has_begin = !scheme.empty() || !host.empty();
  if (has_begin && (!host.empty() || !path.empty())) url.append("//").append(host);
  if (!path.empty() && !path.starts_with('/') && !host.empty()) url.push_back('/');
  if (url.empty() && path.substr(0, path.find('/')).find(':') != std::string_view::npos) {
    url = "./";
  }
  url += EscapePath(path);
  if (!more[1].empty()) url.append("?").append(more[1]);
  if (!more[2].empty()) url.append("#").append(EscapePath(more[2]));
  call.Return(std::move(url));
  return {};
}

Status EscapeSegment(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  call.Return(EscapePathSegment(text));
  return {};
}

Status UnescapeQuery(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(std::string plain, QueryUnescape(text));
  call.Return(std::move(plain));
  return {};
}

constexpr Function kFunctions[] = {
    {"build_url", Native<Build>},
    {"parse", Native<Parse>},
    {"path_escape", Native<EscapeSegment>},
    {"query_unescape", Native<UnescapeQuery>},
};

}  // namespace

std::span<const Function> UrlModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
