#include <unistd.h>

#include <array>
#include <cmath>

#include "auth/mode.h"
#include "codec/url.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "s3gw/operations/fallback.h"
#include "server/data_directory.h"
#include "server/settings.h"
#include "server/settings_file.h"

namespace tarn::server {
namespace {

Status Bad(std::string text) { return {Code::kInvalidValue, "bad configuration: " + text}; }

Status SetByName(Settings* settings, std::string_view name, std::string value, bool is_default) {
  const KeySpec* key = FindKey(name);
  if (key == nullptr) return Bad(fmt::format("there is no key {}", name));
  return settings->Set(*key, RawValue{std::move(value)}, is_default);
}

Status SetDefaults(Settings* settings, const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) TARN_TRY(SetByName(settings, name, value, true));
  return {};
}

const std::map<std::string, std::string> kLocalProfile = {
    {"auth.encrypt.secret_key", std::string(kPublicSecretKey)},
    {"blockstore.type", "local"},
    {"database.type", "local"}};
const std::map<std::string, std::string> kQuickstartProfile = {
    {"installation.user_name", "quickstart"},
    {"installation.access_key_id", "AKIAIOSFOLQUICKSTART"},
    {"installation.secret_access_key", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}};

Result<std::map<std::string, std::string>> EmbeddedDefaults(const std::string& directory,
                                                            Random& random) {
  TARN_TRY_ASSIGN(auto values, PrepareDataDirectory(directory, random));
  values["listen_address"] = "127.0.0.1:8000";
  values["database.type"] = "local";
  values["database.local.path"] = directory + "/kv";
  values["blockstore.type"] = "local";
  values["blockstore.local.path"] = directory + "/objects";
  values["blockstore.local.import_enabled"] = "true";
  values["committed.local_cache.dir"] = directory + "/cache";
  return values;
}

// The reference's places, in its order; the first that exists counts.
std::optional<std::string> FindConfigFile(const std::string& home) {
  const std::array<std::string, 4> folders = {".", home + "/.lakefs", "/etc/lakefs"};
  for (const std::string& folder : folders) {
    for (const char* name : {"/config.yaml", "/config.yml", "/config.json", "/config"}) {
      if (::access((folder + name).c_str(), R_OK) == 0) return folder + name;
    }
  }
  if (const std::string path = home + "/.lakefs.yaml"; ::access(path.c_str(), R_OK) == 0) {
    return path;
  }
  return std::nullopt;
}

std::string EnvironmentName(std::string_view prefix, std::string_view key) {
  std::string name(prefix);
  for (const char c : key) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    name += upper == '.' ? '_' : upper;
  }
  return name;
}

Status ApplyEnvironment(Settings* settings, const LoadOptions& options) {
  for (const KeySpec& key : AllKeys()) {
    for (const char* prefix : {"TARN_", "LAKEFS_"}) {
      const std::string name = EnvironmentName(prefix, key.name);
      const char* value = options.environment ? options.environment(name.c_str()) : nullptr;
      if (value == nullptr || *value == '\0') continue;
      if (auto status = settings->Set(key, RawValue{std::string(value)}); !status.ok()) {
        return std::move(status).Suffixed(fmt::format(" (environment variable {})", name));
      }
      break;
    }
  }
  return {};
}

Status ExpandPaths(Settings* settings, const std::string& home) {
  for (const char* name : {"blockstore.local.path", "database.local.path",
                           "committed.local_cache.dir", "blockstore.gs.credentials_file"}) {
    const std::string& path = settings->GetText(name);
    if (path.starts_with('~')) {
      TARN_TRY(SetByName(settings, name, ExpandHome(path, home), !settings->IsSet(name)));
    }
  }
  return {};
}

Status CheckRequired(const Settings& settings) {
  std::vector<std::string_view> missing;
  for (const char* name :
       {"database.type", "auth.encrypt.secret_key", "blockstore.signing.secret_key"}) {
    if (settings.GetText(name).empty()) missing.emplace_back(name);
  }
  if (!missing.empty()) {
    return Bad(fmt::format("missing required keys: [{}]", fmt::join(missing, " ")));
  }
  if (settings.GetText("blockstore.type").empty()) {
    return {Code::kInvalidValue, "'blockstore.type: bad configuration: missing required keys"};
  }
  return {};
}

Status CheckLocalCache(const Settings& settings) {
  const double ranges = settings.GetFloat("committed.local_cache.range_proportion");
  const double metaranges = settings.GetFloat("committed.local_cache.metarange_proportion");
  if (std::abs(ranges + metaranges - 1) > 1e-6 || ranges < 0 || metaranges < 0) {
    return Bad("committed.local_cache: range_proportion and metarange_proportion must sum to 1");
  }
  if (settings.GetInt("committed.local_cache.size_bytes") < 0) {
    return Bad("committed.local_cache.size_bytes must not be negative; 0 keeps nothing");
  }
  if (settings.GetInt("committed.local_cache.max_uploaders_per_writer") < 1) {
    return Bad("committed.local_cache.max_uploaders_per_writer must be at least 1");
  }
  return {};
}

// Serving without the rules that the file asks for would be worse than not serving.
Status CheckAccess(const Settings& settings) {
  const std::string& name = settings.GetText("auth.ui_config.rbac");
  const auto mode = auth::ParseMode(name);
  if (!mode) {
    return Bad(fmt::format(
        "auth.ui_config.rbac: there is no {}; use none, simplified, internal or external", name));
  }
  if (*mode == auth::Mode::kNone) return {};
  const std::string& endpoint = settings.GetText("auth.api.endpoint");
  if (!endpoint.empty()) {
    const auto uri = ParseRequestUri(endpoint);
    if (uri.ok() && (uri->scheme == "http" || uri->scheme == "https") && !uri->host.empty() &&
        !uri->user_info && endpoint.find_first_of("?#") == std::string::npos) {
      return {};
    }
    return Bad(
        "auth.api.endpoint must be an http:// or https:// URL without user, query and fragment");
  }
  if (*mode != auth::Mode::kExternal && settings.GetBool("features.local_rbac")) return {};
  return Bad(
      fmt::format("cannot set auth.ui_config.rbac to {} without setting an external auth service; "
                  "name one by auth.api.endpoint, or set auth.ui_config.rbac to internal and "
                  "features.local_rbac to true, and users are kept here",
                  name));
}

Status CheckValues(const Settings& settings) {
  TARN_TRY(CheckLocalCache(settings));
  const auto& domains = settings.GetList("gateways.s3.domain_name");
  for (const auto& a : domains) {
    for (const auto& b : domains) {
      if (a != b && b.ends_with("." + a)) {
        return Bad(fmt::format("domain names are prefixes: {}, {}", a, b));
      }
    }
  }
  if (const std::string& url = settings.GetText("gateways.s3.fallback_url"); !url.empty()) {
    const auto read = s3gw::ReadFallbackUrl(url);
    if (!read.ok()) return Bad(fmt::format("gateways.s3.fallback_url {}", read.status().message()));
  }
  TARN_TRY(CheckAccess(settings));
  if (settings.GetBool("auth.remote_authenticator.enabled")) {
    if (settings.GetText("auth.remote_authenticator.endpoint").empty())
      return Bad("auth.remote_authenticator: endpoint is empty: invalid configuration");
    if (settings.GetDurationMs("auth.remote_authenticator.request_timeout") <= 0)
      return Bad("auth.remote_authenticator.request_timeout must be positive");
  }
  if (settings.GetBool("tls.enabled") &&
      (settings.GetText("tls.cert_file").empty() || settings.GetText("tls.key_file").empty())) {
    return Bad("tls.enabled needs tls.cert_file and tls.key_file");
  }
  return {};
}

Status CheckQuickstart(const Settings& settings) {
  const std::string& database = settings.GetText("database.type");
  if ((database != "local" && database != "mem") ||
      settings.GetText("blockstore.type") != "local") {
    return {Code::kInvalidValue, "FATAL: quickstart mode can only run with local settings"};
  }
  for (const auto& [name, value] : kQuickstartProfile) {
    if (settings.GetText(name) != value) {
      return {Code::kInvalidValue,
              "FATAL: installation parameters must not be changed in quickstart mode"};
    }
  }
  return {};
}

}  // namespace

std::string ExpandHome(std::string_view path, std::string_view home) {
  if (path == "~" || path.starts_with("~/")) return fmt::format("{}{}", home, path.substr(1));
  return std::string(path);
}

Result<LoadedSettings> LoadSettings(const LoadOptions& options, Random& random) {
  LoadedSettings loaded;
  Settings& settings = loaded.settings;
  std::optional<std::string> file = options.file;
  if (!file && options.as_reference) file = FindConfigFile(options.home);
  loaded.file = file.value_or("");
  loaded.embedded = !file && !options.as_reference && options.profile == Profile::kNone;
  if (loaded.embedded) {
    TARN_TRY_ASSIGN(const auto defaults, EmbeddedDefaults(options.data_directory, random));
    TARN_TRY(SetDefaults(&settings, defaults));
  }
  if (options.profile != Profile::kNone) TARN_TRY(SetDefaults(&settings, kLocalProfile));
  if (options.profile == Profile::kQuickstart) TARN_TRY(SetDefaults(&settings, kQuickstartProfile));
  if (file) {
    TARN_TRY_ASSIGN(const auto values, ReadConfigFile(*file));
    for (const auto& [name, value] : values) TARN_TRY(settings.Set(*FindKey(name), value));
  }
  TARN_TRY(ApplyEnvironment(&settings, options));
  for (const auto& [name, value] : options.overrides) {
    TARN_TRY(SetByName(&settings, name, value, false));
  }
  TARN_TRY(ExpandPaths(&settings, options.home));
  TARN_TRY(CheckRequired(settings));
  TARN_TRY(CheckValues(settings));
  if (options.profile == Profile::kQuickstart) TARN_TRY(CheckQuickstart(settings));
  // The operator of the embedded default reads with their own rights and serves only themself;
  // whoever listens to the network says what may be imported.
  if (loaded.embedded && !settings.IsSet("blockstore.local.allowed_external_prefixes") &&
      settings.GetText("listen_address").starts_with("127.0.0.1:")) {
    TARN_TRY(SetByName(&settings, "blockstore.local.allowed_external_prefixes", "/", true));
  }
  return loaded;
}

}  // namespace tarn::server
