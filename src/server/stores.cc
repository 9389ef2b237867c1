#include "server/stores.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "block/layers/presigning_store.h"
#include "block/mem/mem_store.h"
#include "block/transient/transient_store.h"
#include "fmt/format.h"
#include "kv/mem/mem_store.h"
#include "server/module_options.h"
#include "server/pool_metrics.h"

namespace tarn::server {
namespace {

constexpr std::string_view kStoreTypes = "use local, s3, gs or azure";

/// Of presigned URLs: what the clouds take.
constexpr int64_t kPresignMsMin = 1000;
constexpr int64_t kPresignMsMax = int64_t{168} * 3600 * 1000;
/// The keys that Azure hands out to sign with are valid for a week, and are taken for an hour more.
constexpr int64_t kAzurePresignMsMax = kPresignMsMax - int64_t{2} * 3600 * 1000;

Status Bad(std::string_view text) {
  return {Code::kInvalidValue, fmt::format("bad configuration: {}", text)};
}

Status CheckEndpoint(const Settings& settings, std::string_view key) {
  const std::string& url = settings.GetText(key);
  if (url.empty()) return {};
  const auto endpoint =
      block::s3::EndpointOf({url, true}, settings.GetText("blockstore.s3.region"), "bucket");
  if (endpoint.ok()) return {};
  return Bad(fmt::format("{}: expected a URL like https://host:port, not \"{}\"", key, url));
}

/// Of the settings of one store; 0 means a default where `zero_is_default`.
Status CheckPresignExpiry(const Settings& settings, const std::string& store,
                          bool zero_is_default) {
  const int64_t expiry_ms = settings.GetDurationMs(store + ".pre_signed_expiry");
  if (settings.GetBool(store + ".disable_pre_signed") || (zero_is_default && expiry_ms == 0) ||
      (expiry_ms >= kPresignMsMin && expiry_ms <= kPresignMsMax)) {
    return {};
  }
  return Bad(store + ".pre_signed_expiry must be from 1s to 168h, which the store allows at most");
}

/// What would fail with each request, or not at all and be wrong.
Status CheckS3(const Settings& settings) {
  TARN_TRY(CheckEndpoint(settings, "blockstore.s3.endpoint"));
  TARN_TRY(CheckEndpoint(settings, "blockstore.s3.pre_signed_endpoint"));
  const http::aws::Credentials keys = S3CredentialOptions(settings).fixed;
  if (keys.access_key_id.empty() != keys.secret_access_key.empty()) {
    return Bad("blockstore.s3.credentials needs both access_key_id and secret_access_key, or none");
  }
  return CheckPresignExpiry(settings, "blockstore.s3", /*zero_is_default=*/false);
}

Result<std::unique_ptr<block::ObjectStore>> OpenS3(const Settings& settings, Clock& clock) {
  TARN_TRY(CheckS3(settings));
  block::S3StoreOptions options = S3StoreOptions(settings);
  const RetryOptions retry = options.retry;
  return std::unique_ptr<block::ObjectStore>(std::make_unique<block::RetryStore>(
      std::make_unique<block::S3Store>(
          std::move(options),
          http::aws::MakeCredentialSource(S3CredentialOptions(settings), clock, ProcessEnvironment),
          clock, SystemRandom()),
      retry, SystemRandom()));
}

Status CheckGs(const Settings& settings) {
  for (const std::string_view key :
       {"blockstore.gs.data_credentials_file", "blockstore.gs.data_credentials_json"}) {
    if (!settings.GetText(key).empty()) {
      return Bad(fmt::format("{} is not available yet; use credentials_file for everything", key));
    }
  }
  if (settings.GetText("blockstore.gs.s3_endpoint") != block::gs::kCloudUrl) {
    return Bad(
        "blockstore.gs.s3_endpoint is not available; another server is named by "
        "STORAGE_EMULATOR_HOST");
  }
  return CheckPresignExpiry(settings, "blockstore.gs", /*zero_is_default=*/true);
}

/// An emulator is asked without tokens; a service account signs URLs for it all the same.
Result<block::gs::Credentials> GsCredentials(const Settings& settings, Clock& clock,
                                             bool is_emulator) {
  const block::gs::CredentialOptions options = GsCredentialOptions(settings);
  block::gs::Credentials credentials;
  if (!is_emulator || !options.file.empty() || !options.json.empty()) {
    TARN_TRY_ASSIGN(credentials, block::gs::FindCredentials(options, clock, ProcessEnvironment));
  }
  if (is_emulator) credentials.tokens = block::gs::NoTokens();
  return credentials;
}

Result<std::unique_ptr<block::ObjectStore>> OpenGs(const Settings& settings, Clock& clock) {
  TARN_TRY(CheckGs(settings));
  auto options = GsStoreOptions(settings);
  if (!options.ok()) return Bad(options.status().message());
  const std::string emulator = ProcessEnvironment("STORAGE_EMULATOR_HOST");
  auto endpoint = block::gs::EndpointOf(emulator);
  if (!endpoint.ok()) {
    return Bad(fmt::format("STORAGE_EMULATOR_HOST: expected host:port, not \"{}\"", emulator));
  }
  options->endpoint = *std::move(endpoint);
  auto credentials = GsCredentials(settings, clock, !emulator.empty());
  if (!credentials.ok()) {
    return Bad(fmt::format("blockstore.gs: {}", credentials.status().message()));
  }
  const RetryOptions retry = options->retry;
  return std::unique_ptr<block::ObjectStore>(std::make_unique<block::RetryStore>(
      std::make_unique<block::GsStore>(*std::move(options), *std::move(credentials), clock,
                                       SystemRandom()),
      retry, SystemRandom()));
}

/// What would fail with each request.
Status CheckAzure(const Settings& settings, const block::AzureStoreOptions& options) {
  const auto text = [&](std::string_view key) -> const std::string& {
    return settings.GetText("blockstore.azure." + std::string(key));
  };
  if (const Status domain = block::azure::CheckDomain(options.client.domain); !domain.ok()) {
    return Bad(fmt::format("blockstore.azure.domain: \"{}\": {}", options.client.domain,
                           domain.message()));
  }
  if (!block::azure::EndpointOf("account", options.client.domain, options.client.test_url).ok()) {
    return Bad(fmt::format(
        "blockstore.azure.test_endpoint_url: expected a URL like https://host:port/account, not "
        "\"{}\"",
        options.client.test_url));
  }
  if (text("storage_account").empty() && !text("storage_access_key").empty()) {
    return Bad("blockstore.azure.storage_access_key needs blockstore.azure.storage_account");
  }
  const int64_t expiry_ms = settings.GetDurationMs("blockstore.azure.pre_signed_expiry");
  if (expiry_ms < kPresignMsMin || expiry_ms > kAzurePresignMsMax) {
    return Bad("blockstore.azure.pre_signed_expiry must be from 1s to 166h");
  }
  if (options.client.try_timeout_ms < 1) {
    return Bad("blockstore.azure.try_timeout must be at least 1ms");
  }
  return {};
}

Result<std::unique_ptr<block::ObjectStore>> OpenAzure(const Settings& settings, Clock& clock) {
  auto options = AzureStoreOptions(settings);
  if (!options.ok()) {
    return Bad(fmt::format("blockstore.azure.storage_access_key: {}", options.status().message()));
  }
  TARN_TRY(CheckAzure(settings, *options));
  for (const std::string_view key : {"auth_method", "china_cloud"}) {
    if (settings.IsSet("blockstore.azure." + std::string(key))) {
      TARN_LOG_WARN("blockstore.azure.{} is deprecated", key);
    }
  }
  const RetryOptions retry = options->retry;
  return std::unique_ptr<block::ObjectStore>(std::make_unique<block::RetryStore>(
      std::make_unique<block::AzureStore>(*std::move(options),
                                          block::azure::MakeTokenSource(clock, ProcessEnvironment),
                                          clock, SystemRandom()),
      retry, SystemRandom()));
}

Result<std::unique_ptr<kv::Store>> OpenMem(const Settings&, prometheus::Registry*) {
  return kv::mem::Open();
}

Result<std::unique_ptr<kv::Store>> OpenLocal(const Settings& settings, prometheus::Registry*) {
  if (settings.GetText("database.local.path").starts_with("memory:")) return kv::mem::Open();
  return kv::rocks::Open(KvOptions(settings));
}

Result<std::unique_ptr<kv::Store>> OpenPostgres(const Settings& settings,
                                                prometheus::Registry* metrics) {
  kv::postgres::Options options = PostgresOptions(settings);
  if (metrics != nullptr && settings.GetBool("database.postgres.metrics")) {
    options.pool.sink = std::make_shared<PoolMetrics>(*metrics, options.pool.open_max);
  }
  return kv::postgres::Open(options);
}

std::vector<Finding> FindingsOf(Result<std::vector<kv::Check>> checks) {
  std::vector<Finding> findings = {{"connect", checks.status(), ""}};
  if (!checks.ok()) return findings;
  for (kv::Check& check : *checks) findings.push_back({check.name, std::move(check.status), ""});
  return findings;
}

std::vector<Finding> ExaminePostgres(const Settings& settings) {
  return FindingsOf(kv::postgres::Examine(PostgresOptions(settings)));
}

/// What a table of DynamoDB is opened or looked at by.
template <auto call>
auto WithDynamoDb(const Settings& settings)
    -> decltype(call({}, nullptr, SystemClock(), SystemRandom())) {
  auto options = DynamoDbOptions(settings, ProcessEnvironment);
  if (!options.ok()) return Bad(options.status().message());
  auto credentials = http::aws::MakeCredentialSource(
      DynamoDbCredentialOptions(settings, options->region), SystemClock(), ProcessEnvironment);
  return call(*std::move(options), std::move(credentials), SystemClock(), SystemRandom());
}

Result<std::unique_ptr<kv::Store>> OpenDynamoDb(const Settings& settings, prometheus::Registry*) {
  return WithDynamoDb<kv::dynamodb::Open>(settings);
}

std::vector<Finding> ExamineDynamoDb(const Settings& settings) {
  return FindingsOf(WithDynamoDb<kv::dynamodb::Examine>(settings));
}

/// The values of database.type.
struct Database {
  std::string_view type;
  /// Null: not built in.
  Result<std::unique_ptr<kv::Store>> (*open)(const Settings& settings,
                                             prometheus::Registry* metrics);
  /// Null: there is nothing to look at.
  std::vector<Finding> (*examine)(const Settings& settings) = nullptr;
};

constexpr std::array<Database, 6> kDatabases = {{{"cosmosdb", nullptr},
                                                 {"dynamodb", OpenDynamoDb, ExamineDynamoDb},
                                                 {"local", OpenLocal},
                                                 {"mem", OpenMem},
                                                 {"postgres", OpenPostgres, ExaminePostgres},
                                                 {"redis", nullptr}}};

/// Null: there is none of the type.
const Database* FindDatabase(std::string_view type) {
  const auto* const row = std::find_if(kDatabases.begin(), kDatabases.end(),
                                       [&](const Database& known) { return known.type == type; });
  return row == kDatabases.end() ? nullptr : row;
}

}  // namespace

Result<std::unique_ptr<kv::Store>> OpenKv(const Settings& settings, prometheus::Registry* metrics) {
  const std::string& type = settings.GetText("database.type");
  const Database* const row = FindDatabase(type);
  if (row == nullptr) return Status(Code::kInvalidValue, "unknown driver: " + type);
  if (row->open == nullptr) {
    return Status(
        Code::kUnsupported,
        fmt::format("database.type {} is not available yet; use local, postgres or dynamodb",
                    type));
  }
  return row->open(settings, metrics);
}

std::vector<Finding> ExamineKv(const Settings& settings) {
  const Database* const row = FindDatabase(settings.GetText("database.type"));
  return row == nullptr || row->examine == nullptr ? std::vector<Finding>()
                                                   : row->examine(settings);
}

Result<std::unique_ptr<block::ObjectStore>> OpenObjects(const Settings& settings, Clock& clock) {
  const std::string type = BlockstoreType(settings);
  if (type == "mem" || type == "memory") {
    return std::unique_ptr<block::ObjectStore>(std::make_unique<block::MemStore>(clock));
  }
  if (type == "local") {
    TARN_TRY_ASSIGN(auto opened, block::LocalStore::Open(LocalStoreOptions(settings), clock));
    std::unique_ptr<block::ObjectStore> store = std::move(opened);
    rest::PresignOptions presign = ServerPresignOptions(settings);
    if (presign.key.empty()) return store;
    return std::unique_ptr<block::ObjectStore>(std::make_unique<block::PresigningStore>(
        std::move(store), rest::PresignByServer(std::move(presign), clock)));
  }
  if (type == "s3") return OpenS3(settings, clock);
  if (type == "gs") return OpenGs(settings, clock);
  if (type == "azure") return OpenAzure(settings, clock);
  if (type == "transient") {
    return std::unique_ptr<block::ObjectStore>(
        std::make_unique<block::TransientStore>(clock, SystemRandom()));
  }
  return Bad(fmt::format("blockstore.type: there is no \"{}\"; {}", type, kStoreTypes));
}

}  // namespace tarn::server
