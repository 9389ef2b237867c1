#include "server/module_options.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <limits>

#include "codec/digest.h"
#include "fmt/format.h"
#include "kv/dynamodb/endpoint.h"
#include "server/snippets.h"
#include "server/upload_origins.h"
#include "server/version.h"

namespace tarn::server {
namespace {

// The budget that DESIGN gives to caches; the reference's default of 400 MB is not taken over.
constexpr size_t kTableCacheBytes = 40 << 20;

/// How long a server may go by what another one has changed: a key removed, a session ended, a
/// repository deleted.
constexpr int64_t kStaleMsMax = 1000;
// The default of the reference signs nothing: everybody knows it.
constexpr std::string_view kPublicSigningKey = "OVERRIDE_THIS_SIGNING_SECRET_DEFAULT";

std::string SecretKey(const Settings& settings) {
  return settings.GetText("auth.encrypt.secret_key");
}

// A key of its own, so that no other use of the secret can be mistaken for a presigned URL.
std::string PresignKey(const Settings& settings) {
  return std::string(AsView(HmacSha256(SecretKey(settings), "tarn presigned urls 1")));
}

// What the store suggests unless the setting does.
std::string DefaultNamespacePrefix(const Settings& settings, const std::string& of_store = "") {
  constexpr std::string_view kKey = "blockstore.default_namespace_prefix";
  return settings.IsSet(kKey) ? settings.GetText(kKey) : of_store;
}

/// Of "auth.oidc" or "auth.cookie_auth_verification".
auth::ClaimRules ClaimRulesOf(const Settings& settings, const std::string& block) {
  auth::ClaimRules rules;
  rules.required = settings.GetMap(block + ".validate_id_token_claims");
  rules.friendly_name_claim = settings.GetText(block + ".friendly_name_claim_name");
  rules.keep_friendly_name = settings.GetBool(block + ".persist_friendly_name");
  rules.groups_claim = settings.GetText(block + ".initial_groups_claim_name");
  rules.default_groups = settings.GetList(block + ".default_initial_groups");
  return rules;
}

/// A path that is relative to where the server was started counts from there ever after.
std::string AbsolutePath(const std::string& path) {
  if (path.empty() || path.front() == '/') return path;
  std::error_code failure;
  const std::filesystem::path absolute = std::filesystem::absolute(path, failure);
  return failure ? path : absolute.lexically_normal().string();
}

}  // namespace

kv::rocks::Options KvOptions(const Settings& settings) {
  return {.path = settings.GetText("database.local.path")};
}

kv::postgres::Options PostgresOptions(const Settings& settings) {
  kv::postgres::Options options;
  options.connection_string = settings.GetText("database.postgres.connection_string");
  // The reference takes 0 for its default, which is ours.
  if (const int64_t open = settings.GetInt("database.postgres.max_open_connections"); open > 0) {
    options.pool.open_max = static_cast<size_t>(open);
  }
  if (const int64_t idle = settings.GetInt("database.postgres.max_idle_connections"); idle > 0) {
    options.pool.idle_max = static_cast<size_t>(idle);
  }
  if (const int64_t ms = settings.GetDurationMs("database.postgres.connection_max_lifetime");
      ms > 0) {
    options.pool.lifetime_ms = ms;
  }
  if (const int64_t rows = settings.GetInt("database.postgres.scan_page_size"); rows > 0) {
    options.page_rows = static_cast<size_t>(rows);
  }
  return options;
}

Result<kv::dynamodb::Options> DynamoDbOptions(const Settings& settings,
                                              const Environment& environment) {
  const auto key = [](std::string_view name) { return "database.dynamodb." + std::string(name); };
  const auto refuse = [&](std::string_view name, std::string_view text) {
    return Status(Code::kInvalidValue, key(name) + ": " + std::string(text));
  };
  kv::dynamodb::Options options;
  options.table = settings.GetText(key("table_name"));
  if (!kv::dynamodb::IsTableName(options.table)) {
    return refuse("table_name", "a table has 3 to 255 letters, digits, '_', '-' and '.'");
  }
  options.region = settings.GetText(key("aws_region"));
  if (options.region.empty()) {
    options.region = http::aws::FindRegion(settings.GetText(key("aws_profile")), environment);
  }
  if (options.region.empty()) return refuse("aws_region", "name a region here, or in AWS_REGION");
  options.url = settings.GetText(key("endpoint"));
  const auto endpoint = kv::dynamodb::EndpointOf(options.url, options.region);
  if (!endpoint.ok()) return refuse("endpoint", endpoint.status().message());
  if (settings.GetText(key("aws_access_key_id")).empty() !=
      settings.GetText(key("aws_secret_access_key")).empty()) {
    return refuse("aws_access_key_id", "it and aws_secret_access_key are given both, or none");
  }
  const auto at_least = [&](std::string_view name, int64_t least, auto* to) -> Status {
    const int64_t value = settings.GetInt(key(name));
    if (value < least || value > std::numeric_limits<int>::max()) {
      return refuse(name, fmt::format("from {} to {}, not {}", least,
                                      std::numeric_limits<int>::max(), value));
    }
    *to = static_cast<std::decay_t<decltype(*to)>>(value);
    return {};
  };
  TARN_TRY(at_least("scan_limit", 1, &options.page_records_max));
  TARN_TRY(at_least("max_attempts", 1, &options.retry.attempts_max));
  TARN_TRY(at_least("max_connections", 0, &options.connections_max));
  options.health_check_interval_ms = settings.GetDurationMs(key("health_check_interval"));
  const double fraction = settings.GetFloat(key("credentials_cache_expiry_window_jitter_fraction"));
  if (!(fraction >= 0 && fraction <= 1)) {
    return refuse("credentials_cache_expiry_window_jitter_fraction", "from 0 to 1");
  }
  options.credential_window_ms = settings.GetDurationMs(key("credentials_cache_expiry_window"));
  options.credential_window_jitter = fraction;
  if (options.credential_window_ms < 0) {
    return refuse("credentials_cache_expiry_window", "not negative");
  }
  return options;
}

http::aws::CredentialOptions DynamoDbCredentialOptions(const Settings& settings,
                                                       const std::string& region) {
  return {.fixed = {settings.GetText("database.dynamodb.aws_access_key_id"),
                    settings.GetText("database.dynamodb.aws_secret_access_key"),
                    "",
                    {}},
          .profile = settings.GetText("database.dynamodb.aws_profile"),
          .region = region};
}

std::string BlockstoreType(const Settings& settings) {
  std::string type = settings.GetText("blockstore.type");
  for (char& c : type) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return type;
}

block::LocalStoreOptions LocalStoreOptions(const Settings& settings) {
  block::LocalStoreOptions options;
  options.root = AbsolutePath(settings.GetText("blockstore.local.path"));
  options.import_enabled = settings.GetBool("blockstore.local.import_enabled");
  options.import_hidden = settings.GetBool("blockstore.local.import_hidden");
  options.allowed_external_prefixes =
      settings.GetList("blockstore.local.allowed_external_prefixes");
  options.default_namespace_prefix =
      DefaultNamespacePrefix(settings, options.default_namespace_prefix);
  return options;
}

block::S3StoreOptions S3StoreOptions(const Settings& settings) {
  const auto text = [&](std::string_view key) -> const std::string& {
    return settings.GetText("blockstore.s3." + std::string(key));
  };
  const auto flag = [&](std::string_view key) {
    return settings.GetBool("blockstore.s3." + std::string(key));
  };
  const auto seconds = [&](std::string_view key) {
    return settings.GetDurationMs("blockstore.s3." + std::string(key)) / 1000;
  };
  block::S3StoreOptions options;
  options.client.endpoint = {text("endpoint"), flag("force_path_style")};
  options.client.presign_endpoint = text("pre_signed_endpoint");
  options.client.region = text("region");
  options.client.discover_regions = flag("discover_bucket_region");
  options.client.log_requests = flag("client_log_request");
  options.client.transport.verify_tls = !flag("skip_verify_certificate_test_only");
  options.credential_window_seconds = seconds("web_identity.session_expiry_window");
  options.encryption = {text("server_side_encryption"), text("server_side_encryption_kms_key_id")};
  if (const int64_t attempts = settings.GetInt("blockstore.s3.max_retries"); attempts > 0) {
    options.retry.attempts_max =
        static_cast<int>(std::min<int64_t>(attempts, std::numeric_limits<int>::max()));
  }
  options.pre_signed = !flag("disable_pre_signed");
  options.pre_signed_ui = !flag("disable_pre_signed_ui");
  options.pre_signed_multipart = !flag("disable_pre_signed_multipart");
  options.pre_signed_seconds = seconds("pre_signed_expiry");
  options.default_namespace_prefix = DefaultNamespacePrefix(settings);
  return options;
}

http::aws::CredentialOptions S3CredentialOptions(const Settings& settings) {
  return {.fixed = {settings.GetText("blockstore.s3.credentials.access_key_id"),
                    settings.GetText("blockstore.s3.credentials.secret_access_key"),
                    settings.GetText("blockstore.s3.credentials.session_token"),
                    {}},
          .profile = settings.GetText("blockstore.s3.profile"),
          .credentials_file = settings.GetText("blockstore.s3.credentials_file"),
          .region = settings.GetText("blockstore.s3.region"),
          .web_identity_seconds =
              settings.GetDurationMs("blockstore.s3.web_identity.session_duration") / 1000};
}

Result<block::GsStoreOptions> GsStoreOptions(const Settings& settings) {
  block::GsStoreOptions options;
  TARN_TRY_ASSIGN(options.encryption,
                  block::gs::MakeEncryption(
                      settings.GetText("blockstore.gs.server_side_encryption_kms_key_id"),
                      settings.GetText("blockstore.gs.server_side_encryption_customer_supplied")));
  options.pre_signed = !settings.GetBool("blockstore.gs.disable_pre_signed");
  options.pre_signed_ui = !settings.GetBool("blockstore.gs.disable_pre_signed_ui");
  // The reference takes 0 for its default.
  if (const int64_t ms = settings.GetDurationMs("blockstore.gs.pre_signed_expiry"); ms != 0) {
    options.pre_signed_seconds = ms / 1000;
  }
  options.default_namespace_prefix = DefaultNamespacePrefix(settings);
  return options;
}

block::gs::CredentialOptions GsCredentialOptions(const Settings& settings) {
  return {.file = settings.GetText("blockstore.gs.credentials_file"),
          .json = settings.GetText("blockstore.gs.credentials_json")};
}

Result<block::AzureStoreOptions> AzureStoreOptions(const Settings& settings) {
  const auto text = [&](std::string_view key) -> const std::string& {
    return settings.GetText("blockstore.azure." + std::string(key));
  };
  const auto flag = [&](std::string_view key) {
    return settings.GetBool("blockstore.azure." + std::string(key));
  };
  const auto duration_ms = [&](std::string_view key) {
    return settings.GetDurationMs("blockstore.azure." + std::string(key));
  };
  block::AzureStoreOptions options;
  if (!text("domain").empty()) options.client.domain = text("domain");
  if (flag("china_cloud")) options.client.domain = block::azure::kChinaDomain;
  options.client.test_url = text("test_endpoint_url");
  if (!text("storage_access_key").empty()) {
    TARN_TRY_ASSIGN(options.client.key, block::azure::ReadSharedKey(text("storage_account"),
                                                                    text("storage_access_key")));
  }
  options.client.try_timeout_ms = duration_ms("try_timeout");
  options.client.presign_seconds = duration_ms("pre_signed_expiry") / 1000;
  options.pre_signed = !flag("disable_pre_signed");
  options.pre_signed_ui = !flag("disable_pre_signed_ui");
  options.default_namespace_prefix = DefaultNamespacePrefix(settings);
  return options;
}

rest::PresignOptions ServerPresignOptions(const Settings& settings) {
  rest::PresignOptions options;
  if (BlockstoreType(settings) != "local") return options;  // Clouds answer theirs themselves.
  if (settings.GetBool("blockstore.local.pre_signed")) options.key = PresignKey(settings);
  options.seconds = settings.GetDurationMs("blockstore.local.pre_signed_expiry") / 1000;
  options.endpoint = settings.GetText("blockstore.local.pre_signed_endpoint");
  return options;
}

sst::TableStoreOptions TableOptions(const Settings& settings) {
  sst::TableStoreOptions options;
  options.block_storage_prefix = settings.GetText("committed.block_storage_prefix");
  options.cache_bytes =
      settings.IsSet("committed.sstable.memory.cache_size_bytes")
          ? static_cast<size_t>(settings.GetInt("committed.sstable.memory.cache_size_bytes"))
          : kTableCacheBytes;
  return options;
}

sst::DiskCacheOptions DiskCacheOptions(const Settings& settings) {
  const auto directory =
      std::filesystem::absolute(settings.GetText("committed.local_cache.dir")).lexically_normal();
  const auto bytes = static_cast<double>(settings.GetInt("committed.local_cache.size_bytes"));
  const auto share = [&](const char* key) {
    return static_cast<uint64_t>(bytes * settings.GetFloat(key));
  };
  return {(directory.has_filename() ? directory : directory.parent_path()).string(),
          share("committed.local_cache.range_proportion"),
          share("committed.local_cache.metarange_proportion")};
}

committed::StoreOptions CommittedOptions(const Settings& settings) {
  constexpr std::string_view kUploaders = "committed.local_cache.max_uploaders_per_writer";
  committed::StoreOptions options;
  // The reference's default of 10 is not taken over: each holds a table in memory.
  if (settings.IsSet(kUploaders)) {
    options.uploads.in_flight_max = static_cast<size_t>(settings.GetInt(kUploaders));
  }
  return options;
}

sst::BreakRule BreakRuleOf(const Settings& settings) {
  const auto value = [&](const char* key) {
    return static_cast<uint64_t>(std::max<int64_t>(0, settings.GetInt(key)));
  };
  return {value("committed.permanent.min_range_size_bytes"),
          value("committed.permanent.max_range_size_bytes"),
          value("committed.permanent.range_raggedness_entries")};
}

refs::Options RefsOptions(const Settings& settings) {
  refs::Options options;
  if (settings.IsSet("graveler.repository_cache.expiry")) {
    options.repository_cache_ms =
        std::min(settings.GetDurationMs("graveler.repository_cache.expiry"), kStaleMsMax);
  }
  return options;
}

versioning::Settings VersioningSettings(const Settings& settings) {
  return {settings.GetText("committed.block_storage_prefix"),
          settings.GetBool("graveler.ensure_readable_root_namespace"),
          settings.GetBool("installation.allow_inter_region_storage"),
          {settings.GetBool("graveler.branch_ownership.enabled"),
           settings.GetDurationMs("graveler.branch_ownership.acquire"),
           settings.GetDurationMs("graveler.branch_ownership.refresh")}};
}

Result<http::GuardedOptions> HookClientOptions(const Settings& settings) {
  auto policy = http::AddressPolicy::Make({settings.GetList("actions.webhook.allowed_addresses"),
                                           settings.GetBool("actions.webhook.allow_private")});
  if (!policy.ok()) {
    return std::move(policy).status().Prefixed("actions.webhook.allowed_addresses: ");
  }
  return http::GuardedOptions{*std::move(policy)};
}

hooks::HookEnvironment HookEnvironmentOf(const Settings& settings) {
  return {settings.GetBool("actions.env.enabled"), settings.GetText("actions.env.prefix"),
          [](const std::string& name) -> std::optional<std::string> {
            const char* const value = std::getenv(name.c_str());
            return value == nullptr ? std::nullopt : std::optional<std::string>(value);
          }};
}

namespace {

auth::RemoteOptions RemoteAuthOptions(const Settings& settings) {
  auth::RemoteOptions options;
  options.endpoint = settings.GetText("auth.api.endpoint");
  while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
  options.token = settings.GetText("auth.api.token");
  options.check_health = !settings.GetBool("auth.api.skip_health_check");
  options.health_check_timeout_ms = settings.GetDurationMs("auth.api.health_check_timeout");
  const bool caches = settings.GetBool("auth.cache.enabled");
  options.cache_ms = caches ? settings.GetDurationMs("auth.cache.ttl") : 0;
  options.cache_jitter_ms = std::max<int64_t>(0, settings.GetDurationMs("auth.cache.jitter"));
  options.cache_entries_max =
      static_cast<size_t>(std::max<int64_t>(0, settings.GetInt("auth.cache.size")));
  return options;
}

}  // namespace

auth::Options AuthOptions(const Settings& settings) {
  auth::Options options;
  options.mode = auth::ParseMode(settings.GetText("auth.ui_config.rbac")).value();
  options.secret_key = SecretKey(settings);
  options.cache_ms = settings.GetBool("auth.cache.enabled")
                         ? std::min(settings.GetDurationMs("auth.cache.ttl"), kStaleMsMax)
                         : 0;
  options.login_duration_s = settings.GetDurationMs("auth.login_duration") / 1000;
  options.login_duration_s_max = settings.GetDurationMs("auth.login_max_duration") / 1000;
  options.secure_cookies = settings.GetBool("tls.enabled");
  options.oidc_claims = ClaimRulesOf(settings, "auth.oidc");
  constexpr const char* kCookieBlock = "auth.cookie_auth_verification";
  options.saml_claims = ClaimRulesOf(settings, kCookieBlock);
  options.saml_claims.id_claim =
      settings.GetText(fmt::format("{}.external_user_id_claim_name", kCookieBlock));
  options.saml_claims.source = settings.GetText(fmt::format("{}.auth_source", kCookieBlock));
  options.authentication_endpoint = settings.GetText("auth.authentication_api.endpoint");
  if (settings.GetBool("auth.remote_authenticator.enabled")) {
    options.remote_authenticator = {
        .endpoint = settings.GetText("auth.remote_authenticator.endpoint"),
        .group = settings.GetText("auth.remote_authenticator.default_user_group"),
        .timeout_ms = settings.GetDurationMs("auth.remote_authenticator.request_timeout")};
  }
  if (options.mode != auth::Mode::kNone && !settings.GetText("auth.api.endpoint").empty())
    options.remote = RemoteAuthOptions(settings);
  return options;
}

Result<authserver::Options> AuthServerOptions(const Settings& settings) {
  if (SecretKey(settings) == kPublicSecretKey) {
    return Status(Code::kInvalidValue,
                  "bad configuration: auth.encrypt.secret_key is one that everybody knows, and who "
                  "knows it may read the keys of all users here");
  }
  return authserver::Options{.token = settings.GetText("auth.api.token"),
                             .secret_key = SecretKey(settings),
                             .version = std::string(kReportedVersion)};
}

rest::Options RestOptions(const Settings& settings) {
  rest::Options options;
  options.external_principals =
      settings.GetBool("auth.authentication_api.external_principals_enabled");
  options.version = kReportedVersion;
  options.fixed_installation_id = settings.GetText("installation.fixed_id");
  const std::string& signing_key = settings.GetText("blockstore.signing.secret_key");
  if (signing_key != kPublicSigningKey) options.signing_secret_key = signing_key;
  options.presign_key = ServerPresignOptions(settings).key;
  options.gc_page_limits = {settings.GetInt("ugc.prepare_max_file_size"),
                            settings.GetDurationMs("ugc.prepare_interval")};
  options.logout_redirect_url = settings.GetText("auth.logout_redirect_url");
  options.s3_domain_names = settings.GetList("gateways.s3.domain_name");
  options.login_failed_message = settings.GetText("auth.ui_config.login_failed_message");
  options.login_url = settings.GetText("auth.ui_config.login_url");
  options.logout_url = settings.GetText("auth.ui_config.logout_url");
  options.login_cookie_names = settings.GetList("auth.ui_config.login_cookie_names");
  options.fallback_login_url = settings.GetText("auth.ui_config.fallback_login_url");
  options.fallback_login_label = settings.GetText("auth.ui_config.fallback_login_label");
  options.use_login_placeholders = settings.GetBool("auth.ui_config.use_login_placeholders") ||
                                   settings.GetBool("auth.remote_authenticator.enabled");
  options.email_subscription = settings.GetBool("email_subscription.enabled");
  return options;
}

Result<webui::Options> WebUiOptions(const Settings& settings) {
  webui::Options options;
  options.version = kReportedVersion;
  options.s3_domain_names = settings.GetList("gateways.s3.domain_name");
  TARN_TRY_ASSIGN(options.snippets, ReadSnippets(settings.GetText("ui.snippets")));
  options.connect_origins = UploadOrigins(settings);
  return options;
}

s3gw::Options GatewayOptions(const Settings& settings) {
  s3gw::Options options;
  options.domain_names = settings.GetList("gateways.s3.domain_name");
  options.region = settings.GetText("gateways.s3.region");
  if (const std::string& url = settings.GetText("gateways.s3.fallback_url"); !url.empty())
    options.fallback = *s3gw::ReadFallbackUrl(url);  // Valid: the settings were checked.
  options.verify_unsupported = settings.GetBool("gateways.s3.verify_unsupported");
  return options;
}

Result<http::ServerOptions> ServerOptions(const Settings& settings) {
  const std::string& address = settings.GetText("listen_address");
  const size_t colon = address.rfind(':');
  http::ServerOptions options;
  std::string_view port;
  if (colon != std::string::npos) {
    options.address = address.substr(0, colon);
    port = std::string_view(address).substr(colon + 1);
  }
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), options.port);
  if (port.empty() || error != std::errc() || end != port.data() + port.size()) {
    return Status(Code::kInvalidValue,
                  fmt::format("bad configuration: listen_address: \"{}\" is not host:port "
                              "(for example 127.0.0.1:8000)",
                              address));
  }
  if (options.address.starts_with('[') && options.address.ends_with(']')) {
    options.address = options.address.substr(1, options.address.size() - 2);
  }
  if (options.address.empty()) options.address = "0.0.0.0";
  if (options.address == "localhost") options.address = "127.0.0.1";
  if (settings.GetBool("tls.enabled")) {
    options.tls =
        http::TlsOptions{settings.GetText("tls.cert_file"), settings.GetText("tls.key_file")};
  }
  return options;
}

}  // namespace tarn::server
