#include "rest/handlers/pages.h"

#include <fmt/format.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>

#include "base/blocking.h"
#include "base/log.h"
#include "codec/url.h"
#include "rest/answers.h"
#include "serving/host.h"

namespace tarn::rest {
namespace {

/// True for `prefix` itself and everything below it.
bool IsAtOrBelow(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

http::Response TextAnswer(int status, std::string_view type, std::string text) {
  http::Response response;
  response.status = status;
  response.Add("Content-Type", type);
  response.body = std::move(text);
  return response;
}

/// The text within HTML, escaped as the reference escapes it.
std::string EscapeHtml(std::string_view text) {
  constexpr std::pair<char, std::string_view> kEscapes[] = {
      {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&#34;"}, {'\'', "&#39;"}};
  std::string escaped;
  for (const char c : text) {
    const auto found = std::find_if(std::begin(kEscapes), std::end(kEscapes),
                                    [&](const auto& escape) { return escape.first == c; });
    if (found == std::end(kEscapes))
      escaped += c;
    else
      escaped += found->second;
  }
  return escaped;
}

/// Whether a query has a parameter ("name=") that is not empty, as clients write it: unescaped.
bool HasQueryValue(std::string_view query, std::string_view name) {
  for (size_t at = query.find(name); at != std::string_view::npos; at = query.find(name, at + 1)) {
    const size_t end = at + name.size();
    if ((at == 0 || query[at - 1] == '&') && end < query.size() && query[end] != '&') return true;
  }
  return false;
}

/// The domain itself or one label below it.
bool IsS3Host(std::string_view host, std::string_view domain) {
  const auto labels = serving::LabelsBelow(host, domain);
  return labels && labels->find('.') == std::string_view::npos;
}

}  // namespace

class Pages::PageExchange : public http::Exchange {
 public:
  PageExchange(Pages& pages, Page page, const http::RequestHead& head)
      : pages_(pages), page_(page), head_(head) {}
  http::BodyPlan body_plan() const override { return http::BodyPlan::kNone; }
  bool try_inline() const override { return true; }
  std::optional<http::Response> Answer(std::string_view) override { return (pages_.*page_)(head_); }
  http::Response TooLarge() override { return EmptyAnswer(413); }

 private:
  Pages& pages_;
  const Page page_;
  const http::RequestHead& head_;
};

Pages::Pages(const Services& services, std::string contract)
    : services_(services), contract_(std::move(contract)) {}

std::unique_ptr<http::Exchange> Pages::Start(const http::RequestHead& head) {
  struct Row {
    std::string_view path;
    bool below;       ///< Whether paths below it count too.
    bool any_method;  ///< Whether it answers more than GET and HEAD.
    Page page;
  };
  static constexpr Row kRows[] = {
      {"/_health", true, false, &Pages::Health},
      {"/_ready", false, false, &Pages::Ready},
      {"/metrics", false, false, &Pages::Metrics},
      {"/openapi.json", false, false, &Pages::Contract},
      {"/logout", true, true, &Pages::Logout},
      {"/_pprof", true, true, &Pages::NotFound},
      {"/iceberg/api", true, true, &Pages::NotImplemented},
      {"/iceberg/relative_to", true, true, &Pages::NotImplemented},
      {"/mds/iceberg/api", true, true, &Pages::NotImplemented},
  };
  Row found{"", true, false, nullptr};
  for (const Row& row : kRows)
    if (row.below ? IsAtOrBelow(head.path, row.path) : head.path == row.path) found = row;
  const bool allowed = found.any_method || head.method == "GET" || head.method == "HEAD";
  if (found.page == nullptr) {
    if (allowed && services_.parts.web_ui != nullptr) return services_.parts.web_ui->Start(head);
    found.page = &Pages::NotFound;
  }
  return std::make_unique<PageExchange>(*this, allowed ? found.page : &Pages::WrongMethod, head);
}

std::string Pages::KnownInstallationId() {
  const MutexLock lock(mutex_);
  return installation_id_;
}

// The id never changes, so it is looked up once; a store that is down must not make the page fail.
std::optional<http::Response> Pages::Health(const http::RequestHead&) {
  std::string id = KnownInstallationId();
  if (id.empty()) {
    Result<std::string> found =
        services_.parts.auth.InstallationId(services_.options.fixed_installation_id);
    if (found.code() == Code::kWouldBlock && !MayBlock()) return std::nullopt;
    if (found.ok()) {
      id = *std::move(found);
      const MutexLock lock(mutex_);
      installation_id_ = id;
    } else {
      TARN_LOG_WARN("no installation id: {}", found.status().ToString());
    }
  }
  return TextAnswer(200, "text/plain; charset=utf-8", id.empty() ? "alive!" : "alive! " + id);
}

// Alive is who answers; ready is who can be of use. Balancers ask the second, whoever restarts dead
// servers the first.
std::optional<http::Response> Pages::Ready(const http::RequestHead&) {
  if (!MayBlock()) return std::nullopt;
  const Status ready = services_.parts.readiness ? services_.parts.readiness() : Status();
  if (ready.ok()) return TextAnswer(200, "text/plain; charset=utf-8", "ready");
  http::Response response =
      TextAnswer(503, "text/plain; charset=utf-8", std::string(ready.message()));
  response.Add("Retry-After", "1");
  return response;
}

std::optional<http::Response> Pages::Metrics(const http::RequestHead&) {
  if (!MayBlock()) return std::nullopt;  // takes long enough to hold up other connections
  return TextAnswer(200, "text/plain; version=0.0.4; charset=utf-8",
                    prometheus::TextSerializer().Serialize(services_.parts.metrics.Collect()));
}

std::optional<http::Response> Pages::Contract(const http::RequestHead&) {
  return TextAnswer(200, "application/json", contract_);
}

// The page that a browser would show if it did not follow comes with GET alone, as in the
// reference.
std::optional<http::Response> Pages::Logout(const http::RequestHead& head) {
  const Status ended = services_.parts.auth.LogOut(head.Get("Authorization"), head.Get("Cookie"));
  if (ended.code() == Code::kWouldBlock && !MayBlock()) return std::nullopt;
  const Result<std::string> cookie = services_.parts.auth.LogoutCookie();
  for (const Status& status : {ended, cookie.status()}) {
    if (status.ok()) continue;
    TARN_LOG_ERROR("logout failed: {}", status.ToString());
    return ErrorAnswer(status);
  }
  const std::string& url = services_.options.logout_redirect_url;
  http::Response response = EmptyAnswer(307);
  if (head.method == "GET" || head.method == "HEAD")
    response =
        TextAnswer(307, "text/html; charset=utf-8",
                   fmt::format("<a href=\"{}\">Temporary Redirect</a>.\n\n", EscapeHtml(url)));
  response.Add("Location", url).Add("Set-Cookie", *cookie);
  return response;
}

std::optional<http::Response> Pages::NotImplemented(const http::RequestHead&) {
  return PlainAnswer(501, "Not Implemented");
}

std::optional<http::Response> Pages::NotFound(const http::RequestHead&) { return EmptyAnswer(404); }

// In the form of S3, since its clients are those that write to such paths.
std::optional<http::Response> Pages::WrongMethod(const http::RequestHead&) {
  http::Response response = TextAnswer(
      405, "application/xml",
      "<?xml version=\"1.0\" "
      "encoding=\"UTF-8\"?>\n<Error><Code>MethodNotAllowed</Code><Message>Pages "
      "are for GET and HEAD. S3 requests must be signed, or name the gateway's host.</Message>"
      "</Error>");
  response.Add("Allow", "GET, HEAD").Add("X-Content-Type-Options", "nosniff");
  return response;
}

bool IsForS3(const http::RequestHead& head, const std::vector<std::string>& domain_names) {
  const std::string_view host = serving::HostWithoutPort(head.Get("Host"));
  if (std::any_of(domain_names.begin(), domain_names.end(),
                  [&](const std::string& domain) { return IsS3Host(host, domain); }))
    return true;
  const std::string_view authorization = head.Get("Authorization");
  if (authorization.starts_with("AWS4") || authorization.starts_with("AWS ")) return true;
  if (!head.Get("X-Amz-Signature").empty()) return true;
  return HasQueryValue(head.query, "AWSAccessKeyId=") ||
         HasQueryValue(head.query, "X-Amz-Credential=");
}

}  // namespace tarn::rest
