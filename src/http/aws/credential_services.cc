#include "http/aws/credential_services.h"

#include <array>
#include <utility>

#include "codec/json.h"
#include "codec/rfc3339.h"
#include "codec/url.h"
#include "codec/xml_reader.h"
#include "http/client.h"

namespace tarn::http::aws {
namespace {

constexpr int64_t kAnswerBytesMax = 256 << 10;
constexpr int64_t kServiceConnectMs = 5'000;
/// Where there is no such service nothing answers, and the next source waits.
constexpr int64_t kLinkLocalConnectMs = 1'000;
constexpr int64_t kStallMs = 5'000;
constexpr std::string_view kInstanceTokenSeconds = "21600";

ClientOptions LinkLocal() {
  return {.connect_timeout_ms = kLinkLocalConnectMs,
          .stall_timeout_ms = kStallMs,
          .body_bytes_max = kAnswerBytesMax,
          .ca_file = "",
          .use_proxies = false};
}

/// The answer's body. Those of failures are left out: they may repeat what was asked.
Result<std::string> Call(Client& client, const ClientRequest& request, std::string_view service) {
  auto answer = client.Do(request);
  if (!answer.ok()) {
    return std::move(answer).status().Prefixed("credentials of " + std::string(service) + ": ");
  }
  if (answer->status == 200) return std::move(answer->body);
  return Status(
      answer->status >= 500 ? Code::kSlowDown : Code::kIo,
      "credentials of " + std::string(service) + ": status " + std::to_string(answer->status));
}

Status Incomplete(std::string_view service) {
  return {Code::kIo, "credentials of " + std::string(service) + ": the answer is not complete"};
}

Result<Credentials> Checked(Credentials credentials, std::string_view expiration,
                            std::string_view service) {
  if (const auto expires = ParseRfc3339Utc(expiration)) {
    credentials.expires_seconds = expires->seconds;
  }
  if (credentials.access_key_id.empty() || credentials.secret_access_key.empty() ||
      (!expiration.empty() && !credentials.expires_seconds)) {
    return Incomplete(service);
  }
  return credentials;
}

/// The form in which container and instance answer.
Result<Credentials> ReadJson(std::string_view text, std::string_view service) {
  const auto json = ParseJson(text);
  if (!json.ok() || !json->is_object()) return Incomplete(service);
  const auto at = [&](std::string_view name) {
    return std::string(json->StringAt(name).value_or(""));
  };
  return Checked({at("AccessKeyId"), at("SecretAccessKey"), at("Token"), {}}, at("Expiration"),
                 service);
}

Status ReadCredentials(XmlElement element, Credentials* credentials, std::string* expiration) {
  return element.ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "AccessKeyId") credentials->access_key_id = child.text();
    if (name == "SecretAccessKey") credentials->secret_access_key = child.text();
    if (name == "SessionToken") credentials->session_token = child.text();
    if (name == "Expiration") *expiration = child.text();
    if (name == "AssumeRoleWithWebIdentityResult" || name == "Credentials") {
      return ReadCredentials(child, credentials, expiration);
    }
    return {};
  });
}

/// The host of a URL in clear text; empty if it is another.
std::string_view HostInClear(std::string_view url) {
  constexpr std::string_view kClear = "http://";
  if (!url.starts_with(kClear)) return "";
  url.remove_prefix(kClear.size());
  url = url.substr(0, url.find_first_of("/?"));
  if (url.starts_with('[')) return url.substr(0, url.find(']') + 1);
  return url.substr(0, url.find(':'));
}

bool IsOfThisMachine(std::string_view host) {
  constexpr std::array<std::string_view, 6> kHosts = {
      "localhost", "127.0.0.1", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"};
  for (const std::string_view known : kHosts) {
    if (host == known) return true;
  }
  return false;
}

}  // namespace

Result<Credentials> FetchForWebIdentity(const WebIdentity& identity) {
  constexpr std::string_view kService = "the web identity";
  Client client({.connect_timeout_ms = kServiceConnectMs,
                 .stall_timeout_ms = kStallMs,
                 .body_bytes_max = kAnswerBytesMax,
                 .ca_file = ""});
  ClientRequest request;
  request.method = "POST";
  request.url = identity.service_url + "/";
  request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  request.body =
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=" + EscapeQuery(identity.role) +
      "&RoleSessionName=" + EscapeQuery(identity.session_name) +
      "&WebIdentityToken=" + EscapeQuery(identity.token);
  if (identity.seconds > 0) {
    request.body += "&DurationSeconds=" + std::to_string(identity.seconds);
  }
  TARN_TRY_ASSIGN(const std::string body, Call(client, request, kService));
  const auto document = XmlDocument::Parse(body);
  if (!document.ok()) return Incomplete(kService);
  Credentials credentials;
  std::string expiration;
  TARN_TRY(ReadCredentials(document->root(), &credentials, &expiration));
  return Checked(std::move(credentials), expiration, kService);
}

Result<Credentials> FetchFromContainer(const std::string& url, const std::string& authorization) {
  constexpr std::string_view kService = "the container";
  const std::string_view host = HostInClear(url);
  if (!url.starts_with("https://") && !IsOfThisMachine(host)) {
    return Status(Code::kForbidden,
                  "credentials of the container: in clear text only this machine is asked");
  }
  Client client(LinkLocal());
  ClientRequest request;
  request.url = url;
  if (!authorization.empty()) request.headers = {{"Authorization", authorization}};
  TARN_TRY_ASSIGN(const std::string body, Call(client, request, kService));
  return ReadJson(body, kService);
}

Result<std::optional<Credentials>> FetchFromInstance(const std::string& service_url) {
  constexpr std::string_view kService = "the instance";
  constexpr std::string_view kRoles = "/latest/meta-data/iam/security-credentials/";
  Client client(LinkLocal());
  ClientRequest request;
  request.method = "PUT";
  request.url = service_url + "/latest/api/token";
  request.headers = {{"X-aws-ec2-metadata-token-ttl-seconds", std::string(kInstanceTokenSeconds)}};
  const auto token = client.Do(request);
  if (!token.ok() || token->status != 200) return std::optional<Credentials>();
  request.method = "GET";
  request.headers = {{"X-aws-ec2-metadata-token", token->body}};
  request.url = service_url + std::string(kRoles);
  const auto roles = client.Do(request);
  if (roles.ok() && roles->status == 404) return std::optional<Credentials>();
  TARN_TRY_ASSIGN(std::string role, Call(client, request, kService));
  role.resize(std::min(role.find_first_of("\r\n"), role.size()));
  request.url += EscapePathSegment(role);
  TARN_TRY_ASSIGN(const std::string body, Call(client, request, kService));
  TARN_TRY_ASSIGN(Credentials credentials, ReadJson(body, kService));
  return std::optional(std::move(credentials));
}

}  // namespace tarn::http::aws
