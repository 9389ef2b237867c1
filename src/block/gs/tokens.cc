#include "block/gs/tokens.h"

#include <fstream>
#include <utility>

#include "codec/json.h"
#include "http/client.h"

namespace tarn::block::gs {
namespace {

constexpr size_t kFileBytesMax = 1 << 20;
constexpr int64_t kAnswerBytesMax = 256 << 10;
constexpr int64_t kServiceConnectMs = 5'000;
/// Where there is no metadata server nothing answers.
constexpr int64_t kMetadataConnectMs = 1'000;
constexpr int64_t kStallMs = 5'000;
constexpr std::string_view kMetadataHost = "169.254.169.254";

Result<Token> ReadToken(const Result<http::ClientResponse>& answer, std::string_view service,
                        Clock& clock) {
  if (!answer.ok()) {
    return Status(Code::kSlowDown, "token of " + std::string(service) + ": " +
                                       std::string(answer.status().message()));
  }
  return ReadTokenAnswer(answer->status, answer->body, service, clock.Now().seconds);
}

Result<Token> Exchange(const TokenExchange& exchange, std::string_view service, Clock& clock) {
  http::Client client({.connect_timeout_ms = kServiceConnectMs,
                       .stall_timeout_ms = kStallMs,
                       .body_bytes_max = kAnswerBytesMax,
                       .ca_file = ""});
  http::ClientRequest request;
  request.method = "POST";
  request.url = exchange.url;
  request.headers = {{"Content-Type", std::string(kFormType)}};
  request.body = exchange.form;
  return ReadToken(client.Do(request), service, clock);
}

class NoTokenSource final : public TokenSource {
 public:
  Result<std::optional<Token>> Fetch() override { return std::optional(Token{}); }
};

class ServiceAccountTokens final : public TokenSource {
 public:
  ServiceAccountTokens(ServiceAccount account, Clock& clock)
      : account_(std::move(account)), clock_(clock) {}
  Result<std::optional<Token>> Fetch() override {
    TARN_TRY_ASSIGN(const TokenExchange exchange, ExchangeOf(account_, clock_.Now().seconds));
    TARN_TRY_ASSIGN(Token token, Exchange(exchange, "the service account", clock_));
    return std::optional(std::move(token));
  }

 private:
  const ServiceAccount account_;
  Clock& clock_;
};

/// Of a user that has signed in with the usual tools.
class UserTokens final : public TokenSource {
 public:
  UserTokens(const Json& file, Clock& clock) : exchange_(ExchangeOfUser(file)), clock_(clock) {}
  Result<std::optional<Token>> Fetch() override {
    TARN_TRY_ASSIGN(Token token, Exchange(exchange_, "the signed-in user", clock_));
    return std::optional(std::move(token));
  }

 private:
  const TokenExchange exchange_;
  Clock& clock_;
};

class MetadataTokens final : public TokenSource {
 public:
  MetadataTokens(std::string host, Clock& clock) : host_(std::move(host)), clock_(clock) {}
  Result<std::optional<Token>> Fetch() override {
    http::Client client({.connect_timeout_ms = kMetadataConnectMs,
                         .stall_timeout_ms = kStallMs,
                         .body_bytes_max = kAnswerBytesMax,
                         .ca_file = "",
                         .use_proxies = false});
    http::ClientRequest request;
    request.url = "http://" + host_ + "/computeMetadata/v1/instance/service-accounts/default/token";
    request.headers = {{"Metadata-Flavor", "Google"}};
    const auto answer = client.Do(request);
    // No such server, or a machine without an account.
    if (!answer.ok() || answer->status == 404) return std::optional<Token>();
    TARN_TRY_ASSIGN(Token token, ReadToken(answer, "the metadata server", clock_));
    return std::optional(std::move(token));
  }

 private:
  const std::string host_;
  Clock& clock_;
};

/// Nothing if it cannot be read.
std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kFileBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

Result<Credentials> FromJson(std::string_view text, Clock& clock) {
  const auto json = ParseJson(text, {.trailing = JsonTrailing::kRefuse});
  const std::string_view type = json.ok() ? json->StringAt("type").value_or("") : "";
  if (type == "authorized_user") return Credentials{std::make_unique<UserTokens>(*json, clock), {}};
  if (type.starts_with("external_account") || type == "impersonated_service_account") {
    return Status(Code::kUnsupported, "credentials of type " + std::string(type) +
                                          " are not supported; use a service account");
  }
  TARN_TRY_ASSIGN(ServiceAccount account, ReadServiceAccount(text));
  auto tokens = std::make_unique<ServiceAccountTokens>(account, clock);
  return Credentials{std::move(tokens), std::move(account)};
}

Result<Credentials> FromFile(const std::string& path, Clock& clock) {
  const auto text = ReadFile(path);
  if (!text) return Status(Code::kInvalidValue, "cannot read the credentials " + path);
  auto credentials = FromJson(*text, clock);
  if (!credentials.ok()) return std::move(credentials).status().Prefixed(path + ": ");
  return credentials;
}

}  // namespace

std::unique_ptr<TokenSource> NoTokens() { return std::make_unique<NoTokenSource>(); }

Result<Credentials> FindCredentials(const CredentialOptions& options, Clock& clock,
                                    const Environment& environment) {
  if (!options.file.empty()) return FromFile(options.file, clock);
  if (!options.json.empty()) return FromJson(options.json, clock);
  if (const auto file = environment("GOOGLE_APPLICATION_CREDENTIALS"); !file.empty()) {
    return FromFile(file, clock);
  }
  const std::string usual =
      environment("HOME") + "/.config/gcloud/application_default_credentials.json";
  if (const auto text = ReadFile(usual)) return FromFile(usual, clock);
  std::string host = environment("GCE_METADATA_HOST");
  if (host.empty()) host = kMetadataHost;
  return Credentials{std::make_unique<MetadataTokens>(std::move(host), clock), {}};
}

}  // namespace tarn::block::gs
