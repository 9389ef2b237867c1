#include "server/application.h"

#include <prometheus/registry.h>
#include <unistd.h>

#include <atomic>

#include "auth/schema.h"
#include "base/log.h"
#include "block/local/file_layer.h"
#include "block/namespace_address.h"
#include "catalog/catalog.h"
#include "catalog/multipart.h"
#include "fmt/format.h"
#include "hooks/hook_service.h"
#include "http/server.h"
#include "rest/api.h"
#include "rest/error_table.h"
#include "s3gw/gateway.h"
#include "server/cache_metrics.h"
#include "server/hook_metrics.h"
#include "server/hook_scripts.h"
#include "server/installation.h"
#include "server/maintenance.h"
#include "server/module_options.h"
#include "server/pools.h"
#include "server/process_metrics.h"
#include "server/store_metrics.h"
#include "server/stores.h"
#include "serving/usage.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/jobs/job_engine.h"
#include "versioning/repository/repositories.h"
#include "webui/embedded_pack.h"
#include "webui/web_ui.h"

namespace tarn::server {
namespace {

constexpr int64_t kSweepPeriodMs = 1000;
constexpr int64_t kSettlePeriodMs = 1000;
constexpr int64_t kUploadSweepPeriodMs = 600'000;
constexpr int64_t kRecoverPeriodMs = 30'000;
constexpr int64_t kMetricsPeriodMs = 5000;
constexpr int64_t kUsagePeriodMsMin = 1000;

}  // namespace

class Application::Impl {
 public:
  Impl(Settings settings_in, ApplicationOptions options_in)
      : settings(std::move(settings_in)), options(options_in) {}

  Status OpenStores();
  Status CheckNamespaces();
  Status BuildCore();
  Status BuildHooks();
  Status Serve();
  /// Why this server should not be asked now.
  Status Readiness() const;

  const Settings settings;
  const ApplicationOptions options;
  Clock& clock = SystemClock();
  Random& random = SystemRandom();
  XidGenerator xids{clock, random};
  std::shared_ptr<prometheus::Registry> metrics = std::make_shared<prometheus::Registry>();

  // In order of construction; Stop takes down what runs, in its own order.
  std::unique_ptr<Pools> pools;
  std::unique_ptr<kv::Store> kv;
  std::unique_ptr<StoreMetrics> store_metrics;
  std::unique_ptr<block::ObjectStore> objects;
  std::unique_ptr<refs::Store> refs;
  std::unique_ptr<staging::Store> staging;
  std::unique_ptr<CacheMetrics> cache_metrics;
  std::unique_ptr<sst::DiskCache> disk_cache;  // null where reading a table is no request
  std::unique_ptr<sst::TableStore> tables;
  std::unique_ptr<committed::Store> committed;
  std::unique_ptr<versioning::Context> context;
  std::unique_ptr<http::GuardedClient> hook_client;
  std::unique_ptr<HookMetrics> hook_metrics;
  std::unique_ptr<HookScripts> hook_scripts;
  std::unique_ptr<hooks::HookService> hooks;  ///< Null: actions.enabled is false.
  std::unique_ptr<versioning::JobEngine> job_engine;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<auth::Service> auth;
  std::unique_ptr<const auth::Authorizer> authorizer;
  std::unique_ptr<serving::UsageCounter> usage;
  std::unique_ptr<s3gw::Gateway> gateway;
  std::unique_ptr<webui::WebUi> web_ui;  ///< Null: ui.enabled is false.
  std::unique_ptr<rest::Api> api;
  std::unique_ptr<Maintenance> maintenance;
  std::unique_ptr<http::Server> server;
  std::atomic<bool> retired = false;
};

Status Application::Impl::OpenStores() {
  TARN_TRY_ASSIGN(kv, OpenKv(settings, metrics.get()));
  TARN_TRY(auth::EnsureSchema(*kv).Prefixed("Failure on schema validation: "));
  auth = std::make_unique<auth::Service>(*kv, clock, random, AuthOptions(settings));
  TARN_TRY(auth->AdoptUsers());
  authorizer = std::make_unique<const auth::Authorizer>(auth->policies());
  TARN_TRY_ASSIGN(objects, OpenObjects(settings, clock));
  store_metrics = std::make_unique<StoreMetrics>(*metrics, objects->info().type);
  objects = std::make_unique<block::MeteredStore>(std::move(objects), *store_metrics, clock);
  return {};
}

Status Application::Impl::BuildCore() {
  pools = std::make_unique<Pools>();
  refs = std::make_unique<refs::Store>(*kv, clock, random, RefsOptions(settings));
  staging = std::make_unique<staging::Store>(*kv);
  if (objects->info().is_remote) {
    cache_metrics = std::make_unique<CacheMetrics>(*metrics);
    disk_cache = std::make_unique<sst::DiskCache>(DiskCacheOptions(settings), block::SystemFiles(),
                                                  clock, *cache_metrics);
  }
  sst::TableStoreOptions table_options = TableOptions(settings);
  table_options.disk_cache = disk_cache.get();
  tables = std::make_unique<sst::TableStore>(*objects, table_options);
  committed::StoreOptions committed_options = CommittedOptions(settings);
  committed_options.uploads.pool = &pools->Of(http::Pool::kDisk);
  committed = std::make_unique<committed::Store>(*tables, BreakRuleOf(settings), committed_options);
  context = std::make_unique<versioning::Context>(
      versioning::Context{*kv, *refs, *staging, *committed, *objects, nullptr, pools->workers(),
                          clock, random, xids, VersioningSettings(settings)});
  if (settings.GetBool("actions.enabled")) TARN_TRY(BuildHooks());
  versioning::JobEngineOptions job_options;
  job_options.describe = [](const Status& failure) {
    return versioning::JobError{std::string(rest::ErrorText(failure)),
                                rest::ErrorRowOf(failure.code()).status};
  };
  job_engine = std::make_unique<versioning::JobEngine>(
      *context, versioning::JobPools{pools->imports(), pools->tasks()}, std::move(job_options));
  catalog = std::make_unique<catalog::Catalog>(*context);
  return {};
}

Status Application::Impl::BuildHooks() {
  TARN_TRY_ASSIGN(const http::GuardedOptions client_options, HookClientOptions(settings));
  hook_client = std::make_unique<http::GuardedClient>(client_options);
  hook_metrics = std::make_unique<HookMetrics>(*metrics);
  hooks::HookServices services;
  services.environment = HookEnvironmentOf(settings);
  services.client = hook_client.get();
  services.clock = &clock;
  hook_scripts = std::make_unique<HookScripts>(settings, *hook_client, *auth);
  services.run_lua = [scripts = hook_scripts.get()](hooks::lua::Script script, int depth) {
    return scripts->Run(std::move(script), depth);
  };
  hooks = std::make_unique<hooks::HookService>(
      *context, std::move(services), hook_metrics.get(),
      hooks::HookServiceOptions{.committed_only = settings.GetBool("actions.committed_only")});
  context->hooks = hooks.get();
  return {};
}

// A repository whose namespace belongs to another kind of store would fail at every access.
Status Application::Impl::CheckNamespaces() {
  if (options.allow_mismatched_repositories) return {};
  const std::string& own_type = objects->info().type;
  return refs->ForEachRepository("", [&](const refs::Repository& repository) -> Status {
    const std::string_view type = block::StoreTypeOf(repository.storage_namespace.view());
    if (type == own_type) return {};
    return {Code::kInvalidValue,
            fmt::format("Mismatched adapter detected. lakeFS started with adapter of type '{}', "
                        "but repository '{}' is of type '{}'",
                        own_type, repository.id.str(), type)};
  });
}

Status Application::Impl::Readiness() const {
  if (retired) return {Code::kSlowDown, "the server is about to stop"};
  return auth::ReadSchemaVersion(*kv).status().Prefixed("the key-value store does not answer: ");
}

Status Application::Impl::Serve() {
  usage = std::make_unique<serving::UsageCounter>(*kv, clock, random);
  gateway = std::make_unique<s3gw::Gateway>(
      s3gw::Parts{*catalog, *auth, *authorizer, *metrics, *usage}, GatewayOptions(settings));
  if (settings.GetBool("ui.enabled")) {
    TARN_TRY_ASSIGN(webui::Options ui_options, WebUiOptions(settings));
    TARN_TRY_ASSIGN(web_ui,
                    webui::WebUi::Make(std::move(ui_options), webui::EmbeddedPack(), random));
  }
  api = std::make_unique<rest::Api>(
      rest::Parts{*catalog, *auth, *authorizer, *job_engine, *metrics, *usage, gateway.get(),
                  web_ui.get(), [this] { return Readiness(); }, hooks.get()},
      RestOptions(settings));
  if (hook_scripts != nullptr) hook_scripts->SetApi(*api);
  TARN_TRY_ASSIGN(const http::ServerOptions server_options, ServerOptions(settings));
  server = std::make_unique<http::Server>(server_options, *api, pools->ForServer());
  if (Status status = server->Start(); !status.ok()) {
    return std::move(status).Suffixed("; choose another address with --listen or listen_address");
  }
  auto process = std::make_shared<ProcessMetrics>(*metrics);
  std::vector<PeriodicJob> jobs{
      {"process metrics", kMetricsPeriodMs, [process] { return process->Update(), Status(); }},
      {"recovery of jobs", kRecoverPeriodMs, [this] { return job_engine->Recover(); }},
      {"usage counts",
       std::max(kUsagePeriodMsMin, settings.GetDurationMs("usage_report.flush_interval")),
       [this] { return api->FlushUsage(); }},
      {"removal of parts of ended uploads", kUploadSweepPeriodMs,
       [this] { return catalog->multipart().SweepEnded(); }},
      {"removal of dropped changes", kSweepPeriodMs,
       [this] { return versioning::DropUnusedTokens(*context); }},
      {"removal of deleted repositories", kSweepPeriodMs,
       [this] { return versioning::SweepDeletedRepositories(*context); }}};
  if (hooks != nullptr) {
    jobs.push_back(
        {"recovery of hooks after changes", kRecoverPeriodMs, [this] { return hooks->Recover(); }});
    jobs.push_back({"hooks that wait for a place", kSettlePeriodMs,
                    [this] { return hooks->QueueWaiting(), Status(); }});
  }
  if (disk_cache != nullptr) {
    jobs.push_back({"saving of copied tables", kSettlePeriodMs,
                    [this] { return disk_cache->Settle(), Status(); }});
  }
  maintenance = std::make_unique<Maintenance>(std::move(jobs));
  return {};
}

Application::Application(Settings settings, ApplicationOptions options)
    : impl_(std::make_unique<Impl>(std::move(settings), options)) {}

Application::~Application() { Stop(); }

Status Application::Start() {
  TARN_TRY(impl_->OpenStores());
  TARN_TRY(impl_->BuildCore());
  TARN_TRY_ASSIGN(const bool set_up, SetUpFromSettings(*impl_->auth, impl_->settings));
  if (set_up) {
    TARN_LOG_INFO("set up administrator {}", impl_->settings.GetText("installation.user_name"));
  }
  TARN_TRY(impl_->CheckNamespaces());
  TARN_TRY(impl_->auth->RecordInstallation(InstallationFacts(impl_->settings)));
  return impl_->Serve();
}

void Application::Retire() { impl_->retired = true; }

void Application::Stop() {
  if (impl_->hooks) impl_->hooks->Cancel();
  // Requests first; then what they left on the pools, while everything it may touch still stands.
  if (impl_->server) impl_->server->Stop();
  impl_->maintenance.reset();
  if (impl_->api) {
    if (const Status status = impl_->api->FlushUsage(); !status.ok())
      TARN_LOG_WARN("usage counts not recorded: {}", status.ToString());
  }
  impl_->job_engine.reset();
  if (impl_->hooks) impl_->hooks->Stop();
  impl_->pools.reset();
  impl_->server.reset();
  impl_->api.reset();
  impl_->gateway.reset();
}

uint16_t Application::port() const { return impl_->server->port(); }
auth::Service& Application::auth() { return *impl_->auth; }

Result<bool> SetUpFromSettings(auth::Service& service, const Settings& settings) {
  const std::string& type = settings.GetText("database.type");
  auth::SetupRequest request;
  request.username = settings.GetText("installation.user_name");
  auth::Credentials key;
  key.access_key_id = settings.GetText("installation.access_key_id");
  key.secret_access_key = settings.GetText("installation.secret_access_key");
  if ((type != "local" && type != "mem") || request.username.empty() || key.access_key_id.empty() ||
      key.secret_access_key.empty()) {
    return false;
  }
  TARN_TRY_ASSIGN(const bool initialized, service.Initialized());
  if (initialized) return false;
  request.key = std::move(key);
  TARN_TRY(service.SetUp(request));
  return true;
}

}  // namespace tarn::server
