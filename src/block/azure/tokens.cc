#include "block/azure/tokens.h"

#include <fstream>
#include <iterator>
#include <span>
#include <string_view>
#include <utility>

#include "codec/json.h"
#include "codec/url.h"
#include "http/answer.h"
#include "http/client.h"

namespace tarn::block::azure {
namespace {

constexpr int64_t kAnswerBytesMax = 256 << 10;
constexpr int64_t kConnectMs = 5'000;
/// Where there is no such service nothing answers.
constexpr int64_t kMachineConnectMs = 1'000;
constexpr int64_t kStallMs = 10'000;
constexpr std::string_view kScope = "https%3A%2F%2Fstorage.azure.com%2F.default";
constexpr std::string_view kResource = "https%3A%2F%2Fstorage.azure.com";
constexpr std::string_view kAuthority = "https://login.microsoftonline.com/";
constexpr std::string_view kMachineService = "http://169.254.169.254";
constexpr std::string_view kMachine = "the managed identity";
/// What is set where the environment asks for something that is not there: by who asks, and by the
/// kind of the machine.
constexpr const char* kOtherClients[] = {"AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_USERNAME",
                                         "IDENTITY_SERVER_THUMBPRINT"};
constexpr const char* kOtherMachines[] = {"IDENTITY_ENDPOINT", "IMDS_ENDPOINT", "MSI_ENDPOINT"};

using Found = Result<std::optional<AccessToken>>;

http::ClientOptions OptionsFor(int64_t connect_ms, bool use_proxies) {
  return {.connect_timeout_ms = connect_ms,
          .stall_timeout_ms = kStallMs,
          .body_bytes_max = kAnswerBytesMax,
          .ca_file = "",
          .use_proxies = use_proxies};
}

/// A number, which some services write as text.
std::optional<int64_t> SecondsAt(const Json& json, std::string_view name) {
  if (const auto number = json.IntAt(name)) return number;
  return http::ReadSize(json.StringAt(name).value_or(""));
}

/// Asks a service. Bodies of failures are left out: they may repeat what was asked.
Found Ask(const http::ClientOptions& options, const http::ClientRequest& request,
          std::string_view service, Clock& clock) {
  const std::string about = "token of " + std::string(service) + ": ";
  http::Client client(options);
  const auto answer = client.Do(request);
  if (!answer.ok()) return Status(Code::kSlowDown, about + "the service does not answer");
  if (answer->status != 200) {
    const bool passes = answer->status == 429 || answer->status >= 500;
    return Status(passes ? Code::kSlowDown : Code::kUnauthenticated,
                  about + "status " + std::to_string(answer->status));
  }
  const auto json = ParseJson(answer->body);
  AccessToken token;
  if (json.ok()) {
    token.text = json->StringAt("access_token").value_or("");
    token.expires_seconds = SecondsAt(*json, "expires_on");
    if (const auto seconds = SecondsAt(*json, "expires_in"); seconds && !token.expires_seconds) {
      token.expires_seconds = clock.Now().seconds + *seconds;
    }
  }
  if (token.text.empty() || !token.expires_seconds ||
      token.text.find_first_of("\r\n") != std::string::npos) {
    return Status(Code::kIo, about + "the answer is not complete");
  }
  return std::optional(std::move(token));
}

class TokenChain final : public TokenSource {
 public:
  TokenChain(Clock& clock, Environment environment)
      : clock_(clock), environment_(std::move(environment)) {}

  Found Fetch() override {
    const std::string tenant = environment_("AZURE_TENANT_ID");
    const std::string client = environment_("AZURE_CLIENT_ID");
    if (!tenant.empty() && !client.empty()) {
      TARN_TRY_ASSIGN(auto found, OfClient(tenant, client));
      if (found) return found;
    }
    TARN_TRY(RefuseOthers(kOtherClients));
    if (!environment_("IDENTITY_ENDPOINT").empty() && !environment_("IDENTITY_HEADER").empty()) {
      return OfApp(client);
    }
    TARN_TRY(RefuseOthers(kOtherMachines));
    return OfMachine(client);
  }

 private:
  Status RefuseOthers(std::span<const char* const> names) {
    for (const char* const name : names) {
      if (environment_(name).empty()) continue;
      return {Code::kUnsupported, "credentials for Azure: " + std::string(name) +
                                      " is not supported; use a client secret, a workload identity "
                                      "or a managed identity"};
    }
    return {};
  }

  Found OfClient(const std::string& tenant, const std::string& client) {
    std::string proof;
    std::string_view who = "the client";
    if (const std::string secret = environment_("AZURE_CLIENT_SECRET"); !secret.empty()) {
      proof = "&client_secret=" + EscapeQuery(secret);
    } else if (const std::string path = environment_("AZURE_FEDERATED_TOKEN_FILE"); !path.empty()) {
      // Read each time: it is replaced before it expires.
      std::ifstream file(path, std::ios::binary);
      std::string token{std::istreambuf_iterator<char>(file), {}};
      while (token.ends_with('\n') || token.ends_with('\r')) token.pop_back();
      if (token.empty()) return Status(Code::kIo, "cannot read the workload's token " + path);
      proof =
          "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
          "&client_assertion=" +
          EscapeQuery(token);
      who = "the workload";
    } else {
      return std::optional<AccessToken>();
    }
    std::string authority = environment_("AZURE_AUTHORITY_HOST");
    if (authority.empty()) authority = kAuthority;
    if (!authority.ends_with('/')) authority += '/';
    http::ClientRequest request;
    request.method = "POST";
    request.url = authority + EscapePathSegment(tenant) + "/oauth2/v2.0/token";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = "grant_type=client_credentials&client_id=" + EscapeQuery(client) +
                   "&scope=" + std::string(kScope) + proof;
    return Ask(OptionsFor(kConnectMs, true), request, who, clock_);
  }

  Found OfApp(const std::string& client) {
    http::ClientRequest request;
    request.url = environment_("IDENTITY_ENDPOINT") +
                  "?api-version=2019-08-01&resource=" + std::string(kResource) + IdOf(client);
    request.headers = {{"X-IDENTITY-HEADER", environment_("IDENTITY_HEADER")}};
    return Ask(OptionsFor(kMachineConnectMs, false), request, kMachine, clock_);
  }

  Found OfMachine(const std::string& client) {
    std::string service = environment_("AZURE_POD_IDENTITY_AUTHORITY_HOST");
    while (service.ends_with('/')) service.pop_back();
    if (service.empty()) service = kMachineService;
    http::ClientRequest request;
    request.url = service + "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
                  std::string(kResource) + IdOf(client);
    request.headers = {{"Metadata", "true"}};
    return Ask(OptionsFor(kMachineConnectMs, false), request, kMachine, clock_);
  }

  static std::string IdOf(const std::string& client) {
    return client.empty() ? "" : "&client_id=" + EscapeQuery(client);
  }

  Clock& clock_;
  const Environment environment_;
};

}  // namespace

std::unique_ptr<TokenSource> MakeTokenSource(Clock& clock, Environment environment) {
  return std::make_unique<TokenChain>(clock, std::move(environment));
}

}  // namespace tarn::block::azure
