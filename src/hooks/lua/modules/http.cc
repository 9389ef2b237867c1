// Module `net/http`.
#include <algorithm>

#include "codec/url.h"
#include "codec/utf8.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/modules/remote.h"

namespace tarn::hooks::lua {
namespace {

constexpr int kRequestsMax = 10;

Status MissingUrl() { return {Code::kInvalidValue, "missing request url"}; }

bool IsMethod(std::string_view method) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !method.empty() && std::all_of(method.begin(), method.end(), [&](char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

/// The headers of a request's table: texts, or lists of them.
Status ReadHeaders(const Json& headers, Network::Request* request) {
  if (!headers.is_object()) return {};
  const auto add = [request](const std::string& name, const Json& value) {
    if (value.is_string()) request->headers.emplace_back(name, value.string());
    if (value.is_number()) request->headers.emplace_back(name, value.literal());
  };
  for (const auto& [name, value] : headers.members()) {
    if (!IsMethod(name)) {
      return {Code::kInvalidValue, "net/http: invalid header field name " + Quote(name)};
    }
    add(name, value);
    if (value.is_array()) {
      for (const Json& item : value.items()) add(name, item);
    } else if (value.is_object()) {
      for (const auto& [key, item] : value.members()) add(name, item);
    }
  }
  for (const auto& [name, value] : request->headers) {
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return {Code::kInvalidValue, "net/http: invalid header field value for " + Quote(name)};
    }
  }
  return {};
}

/// request{url=, method=, body=, headers=}
Status ReadTable(Call& call, Network::Request* request) {
  TARN_TRY_ASSIGN(const Json table, call.Table(1));
  const auto url = table.StringAt("url");
  if (!url || url->empty()) return MissingUrl();
  request->url = *url;
  const auto body = table.StringAt("body");
  request->has_body = body.has_value();
  request->body = body.value_or("");
  request->method = table.StringAt("method").value_or(request->has_body ? "POST" : "GET");
  const Json* const headers = table.Find("headers");
  return headers != nullptr ? ReadHeaders(*headers, request) : Status();
}

Result<Network::Request> ReadRequest(Call& call) {
  Network::Request request;
  if (call.IsTable(1)) {
    TARN_TRY(ReadTable(call, &request));
  } else if (call.TypeName(1) == "string") {
    TARN_TRY_ASSIGN(const std::string_view url, call.Text(1));
    if (url.empty()) return MissingUrl();
    request.url = url;
    request.has_body = call.Has(2);
    if (request.has_body) {
      TARN_TRY_ASSIGN(request.body, call.Text(2));
    }
    request.method = request.has_body ? "POST" : "GET";
  } else {
    return Status(Code::kInvalidValue,
                  "first argument can be url or request table (invalid type: " +
                      std::string(call.TypeName(1)) + ")");
  }
  if (!IsMethod(request.method)) {
    return Status(Code::kInvalidValue, "net/http: invalid method " + Quote(request.method));
  }
  return request;
}

/// "content-type" as "Content-Type".
std::string CanonicalName(std::string_view name) {
  std::string text(name);
  bool is_first = true;
  for (char& c : text) {
    const bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (is_letter) c = static_cast<char>(is_first ? c & ~0x20 : c | 0x20);
    is_first = c == '-';
  }
  return text;
}

std::string_view HeaderOf(const Network::Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.headers) {
    if (CanonicalName(key) == name) return value;
  }
  return {};
}

/// Where a redirect leads to.
std::string Resolve(std::string_view base, std::string_view location) {
  if (location.starts_with("http://") || location.starts_with("https://")) {
    return std::string(location);
  }
  const size_t host = base.find("//") + 2;
  const std::string_view origin = base.substr(0, base.find_first_of("/?#", host));
  if (location.starts_with("//")) {
    return std::string(base.substr(0, host - 2)) + std::string(location);
  }
  if (location.starts_with('/')) return std::string(origin) + std::string(location);
  const std::string_view path = base.substr(0, base.find_first_of("?#"));
  const std::string_view folder =
      path.size() > origin.size() ? path.substr(0, path.rfind('/') + 1) : path;
  return std::string(folder) + (folder.ends_with('/') ? "" : "/") + std::string(location);
}

/// Makes the request that a redirect asks for; false if it asks for none.
bool Follow(const Network::Answer& answer, Network::Request* request) {
  constexpr int kRedirects[] = {301, 302, 303, 307, 308};
  const std::string_view location = HeaderOf(answer, "Location");
  if (location.empty() || std::find(std::begin(kRedirects), std::end(kRedirects), answer.status) ==
                              std::end(kRedirects)) {
    return false;
  }
  std::string next = Resolve(request->url, location);
  const auto origin = [](std::string_view url) {
    return url.substr(0, url.find_first_of("/?#", url.find("//") + 2));
  };
  if (origin(next) != origin(request->url)) {
    // Who is meant by these is the server that was named, not where it sends us.
    std::erase_if(request->headers, [](const auto& header) {
      const std::string name = CanonicalName(header.first);
      return name == "Authorization" || name == "Cookie" || name == "Www-Authenticate";
    });
  }
  request->url = std::move(next);
  if (answer.status < 307 && request->method != "HEAD") {
    request->method = "GET";
    request->body.clear();
    request->has_body = false;
  }
  return true;
}

Json HeaderTable(const Network::Answer& answer) {
  Json table(Json::Object{});
  for (const auto& [key, value] : answer.headers) {
    const std::string name = CanonicalName(key);
    Json* const known = table.Find(name);
    if (known == nullptr) {
      table.Set(name, Json(value));
    } else if (known->is_string()) {
      table.Set(name, Json(Json::Array{*known, Json(value)}));
    } else {
      known->items().emplace_back(value);
    }
  }
  return table;
}

Status Request(Call& call) {
  TARN_TRY_ASSIGN(Network::Request request, ReadRequest(call));
  const std::string prefix = (request.method == "POST" ? "Post " : "Get ") + Quote(request.url);
  TARN_TRY_ASSIGN(const Uri uri, ParseRequestUri(request.url));
  if (uri.scheme != "http" && uri.scheme != "https") {
    return {Code::kInvalidValue, prefix + ": unsupported protocol scheme " + Quote(uri.scheme)};
  }
  if (uri.host.empty()) return {Code::kInvalidValue, prefix + ": http: no Host in request URL"};
  Network::Answer answer;
  for (int count = 1;; ++count) {
    auto sent = Send(call, request);
    if (!sent.ok()) return std::move(sent).status().Prefixed(prefix + ": ");
    answer = *std::move(sent);
    if (!Follow(answer, &request)) break;
    if (count == kRequestsMax) return {Code::kIo, prefix + ": stopped after 10 redirects"};
  }
  TARN_TRY(call.Allow(answer.body.size()));
  call.Return(static_cast<double>(answer.status));
  call.Return(std::move(answer.body));
  call.Return(HeaderTable(answer));
  call.Return(std::move(answer.status_text));
  return {};
}

constexpr Function kFunctions[] = {{"request", Native<Request>}};

}  // namespace

std::span<const Function> HttpModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
