#include "http/aws/credential_sources.h"

#include <fstream>
#include <sstream>
#include <utility>

#include "http/aws/credential_services.h"
#include "http/aws/profile_file.h"

namespace tarn::http::aws {
namespace {

constexpr size_t kFileBytesMax = 1 << 20;
constexpr std::string_view kContainerService = "http://169.254.170.2";
constexpr std::string_view kInstanceService = "http://169.254.169.254";

using Found = Result<std::optional<Credentials>>;

/// Nothing if it cannot be read.
std::optional<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::string text(kFileBytesMax, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

std::string WithoutLineEnd(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  return text;
}

std::string UsualProfileName(const Environment& environment) {
  for (const char* const variable : {"AWS_PROFILE", "AWS_DEFAULT_PROFILE"}) {
    if (std::string profile = environment(variable); !profile.empty()) return profile;
  }
  return "default";
}

/// What the shared files say of a profile; nothing if they do not know it. `credentials_file` may
/// be empty.
std::optional<ProfileSettings> ReadProfile(const std::string& name,
                                           const std::string& credentials_file,
                                           const Environment& environment) {
  const std::string home = environment("HOME");
  const auto path = [&](const char* variable, std::string_view usual) {
    std::string set = environment(variable);
    return set.empty() ? home + std::string(usual) : set;
  };
  const std::string keys_file = credentials_file.empty()
                                    ? path("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials")
                                    : credentials_file;
  Profiles profiles;
  for (const std::string& file : {path("AWS_CONFIG_FILE", "/.aws/config"), keys_file}) {
    if (const auto text = ReadFile(file)) ReadProfiles(*text, &profiles);
  }
  const auto found = profiles.find(name);
  if (found == profiles.end()) return std::nullopt;
  return std::move(found->second);
}

class CredentialChain : public CredentialSource {
 public:
  CredentialChain(CredentialOptions options, Clock& clock, Environment environment)
      : options_(std::move(options)), clock_(clock), environment_(std::move(environment)) {}

  Found Fetch() override {
    using Source = Found (CredentialChain::*)();
    constexpr Source kSources[] = {&CredentialChain::Fixed,        &CredentialChain::NamedProfile,
                                   &CredentialChain::OfVariables,  &CredentialChain::Identity,
                                   &CredentialChain::UsualProfile, &CredentialChain::Container,
                                   &CredentialChain::Instance};
    for (const Source source : kSources) {
      TARN_TRY_ASSIGN(auto found, (this->*source)());
      if (found) return found;
    }
    return std::optional<Credentials>();
  }

 private:
  Found Fixed() {
    if (options_.fixed.access_key_id.empty()) return std::optional<Credentials>();
    return std::optional(options_.fixed);
  }

  Found NamedProfile() {
    if (options_.profile.empty()) return std::optional<Credentials>();
    TARN_TRY_ASSIGN(auto found, OfProfile(options_.profile));
    if (found) return found;
    return Status(Code::kUnauthenticated,
                  "profile " + options_.profile + " of the shared files has no credentials");
  }

  Found UsualProfile() { return OfProfile(UsualProfileName(environment_)); }

  Found OfVariables() {
    Credentials keys{environment_("AWS_ACCESS_KEY_ID"),
                     environment_("AWS_SECRET_ACCESS_KEY"),
                     environment_("AWS_SESSION_TOKEN"),
                     {}};
    if (keys.access_key_id.empty() || keys.secret_access_key.empty()) {
      return std::optional<Credentials>();
    }
    return std::optional(std::move(keys));
  }

  Found Identity() {
    return ForIdentity(environment_("AWS_WEB_IDENTITY_TOKEN_FILE"), environment_("AWS_ROLE_ARN"),
                       environment_("AWS_ROLE_SESSION_NAME"));
  }

  Found ForIdentity(const std::string& token_file, const std::string& role,
                    const std::string& session_name) {
    if (token_file.empty() || role.empty()) return std::optional<Credentials>();
    auto token = ReadFile(token_file);
    if (!token) {
      return Status(Code::kIo, "cannot read the web identity token " + token_file);
    }
    std::string service = environment_("AWS_ENDPOINT_URL_STS");
    if (service.empty()) service = "https://sts." + options_.region + ".amazonaws.com";
    TARN_TRY_ASSIGN(
        auto keys,
        FetchForWebIdentity(
            {service, WithoutLineEnd(*std::move(token)), role,
             session_name.empty() ? "tarn-" + std::to_string(clock_.Now().seconds) : session_name,
             options_.web_identity_seconds}));
    return std::optional(std::move(keys));
  }

  Found OfProfile(const std::string& name) {
    const auto settings = ReadProfile(name, options_.credentials_file, environment_);
    if (!settings) return std::optional<Credentials>();
    const auto at = [&](std::string_view key) {
      const auto setting = settings->find(key);
      return setting == settings->end() ? std::string() : setting->second;
    };
    Credentials keys{
        at("aws_access_key_id"), at("aws_secret_access_key"), at("aws_session_token"), {}};
    if (!keys.access_key_id.empty() && !keys.secret_access_key.empty()) {
      return std::optional(std::move(keys));
    }
    for (const std::string_view other : {"source_profile", "credential_process", "sso_session"}) {
      if (at(other).empty()) continue;
      return Status(Code::kUnsupported, "profile " + name + ": " + std::string(other) +
                                            " is not supported; use keys or a web identity");
    }
    return ForIdentity(at("web_identity_token_file"), at("role_arn"), at("role_session_name"));
  }

  Found Container() {
    std::string url = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI");
    if (const auto relative = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        !relative.empty()) {
      url = std::string(kContainerService) + relative;
    }
    if (url.empty()) return std::optional<Credentials>();
    std::string authorization = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN");
    if (const auto file = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"); !file.empty()) {
      auto token = ReadFile(file);
      if (!token) return Status(Code::kIo, "cannot read the container's token " + file);
      authorization = WithoutLineEnd(*std::move(token));
    }
    TARN_TRY_ASSIGN(auto keys, FetchFromContainer(url, authorization));
    return std::optional(std::move(keys));
  }

  Found Instance() {
    if (environment_("AWS_EC2_METADATA_DISABLED") == "true") return std::optional<Credentials>();
    std::string service = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT");
    while (service.ends_with('/')) service.pop_back();
    return FetchFromInstance(service.empty() ? std::string(kInstanceService) : service);
  }

  const CredentialOptions options_;
  Clock& clock_;
  const Environment environment_;
};

}  // namespace

std::string FindRegion(const std::string& profile, const Environment& environment) {
  for (const char* const variable : {"AWS_REGION", "AWS_DEFAULT_REGION"}) {
    if (std::string region = environment(variable); !region.empty()) return region;
  }
  auto settings = ReadProfile(profile.empty() ? UsualProfileName(environment) : profile,
                              /*credentials_file=*/"", environment);
  return settings ? std::move((*settings)["region"]) : "";
}

std::unique_ptr<CredentialSource> MakeCredentialSource(CredentialOptions options, Clock& clock,
                                                       Environment environment) {
  return std::make_unique<CredentialChain>(std::move(options), clock, std::move(environment));
}

}  // namespace tarn::http::aws
