#include "server/application.h"

#include <prometheus/registry.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "base/log.h"
#include "block/namespace_address.h"
#include "catalog/catalog.h"
#include "catalog/multipart.h"
#include "fmt/format.h"
#include "http/server.h"
#include "rest/api.h"
#include "rest/error_table.h"
#include "s3gw/gateway.h"
#include "server/installation.h"
#include "server/maintenance.h"
#include "server/module_options.h"
#include "server/process_metrics.h"
#include "server/stores.h"
#include "serving/usage.h"
#include "versioning/branch/branch_commit.h"
#include "versioning/import/import.h"
#include "versioning/tasks/tasks.h"

namespace tarn::server {
namespace {

// Threads that may wait for the disk: enough that writers share an fsync.
constexpr int kMetaThreads = 16;
constexpr int kDiskThreads = 32;
constexpr int kJobThreads = 8;
constexpr int kBackgroundThreads = 4;
constexpr int kRemoteThreads = 32;
constexpr size_t kMetaQueueMax = 4096;
constexpr size_t kDiskQueueMax = 4096;
constexpr size_t kJobQueueMax = 1024;
constexpr size_t kBackgroundQueueMax = 64;
constexpr size_t kRemoteQueueMax = 1024;
constexpr size_t kWorkerQueueMax = 4096;
// Long work that somebody started and asks about later. What runs of one repository never takes all
// threads, so a few sources that hang hold up nobody else.
constexpr int kImportThreads = 8;
constexpr int kImportsPerRepository = 4;
constexpr int kTaskThreads = 4;
constexpr int kTasksPerRepository = 2;
constexpr size_t kLongWorkQueueMax = 256;
constexpr size_t kLongWorkQueuePerRepositoryMax = 64;

constexpr int64_t kSweepPeriodMs = 1000;
constexpr int64_t kUploadSweepPeriodMs = 600'000;
constexpr int64_t kRecoverPeriodMs = 30'000;
constexpr int64_t kMetricsPeriodMs = 5000;
constexpr int64_t kUsagePeriodMsMin = 1000;
constexpr int kRepositoryPage = 1000;

int Cores() { return std::max(1, static_cast<int>(std::thread::hardware_concurrency())); }

}  // namespace

class Application::Impl {
 public:
  Impl(Settings settings_in, ApplicationOptions options_in)
      : settings(std::move(settings_in)), options(options_in) {}

  Status OpenStores();
  Status CheckNamespaces();
  void BuildCore();
  Status Serve();

  const Settings settings;
  const ApplicationOptions options;
  Clock& clock = SystemClock();
  Random& random = SystemRandom();
  std::shared_ptr<prometheus::Registry> metrics = std::make_shared<prometheus::Registry>();

  // In order of construction; Stop takes down what runs, in its own order.
  std::unique_ptr<runtime::WorkerPool> meta, disk, jobs, background, workers;
  std::unique_ptr<runtime::BackgroundPool> imports_pool, tasks_pool;
  std::unique_ptr<runtime::WorkerPool> remote;  // Null when no other server is ever waited for.
  std::unique_ptr<kv::Store> kv;
  std::unique_ptr<block::ObjectStore> objects;
  std::unique_ptr<refs::Store> refs;
  std::unique_ptr<staging::Store> staging;
  std::unique_ptr<sst::TableStore> tables;
  std::unique_ptr<committed::Store> committed;
  versioning::NoHooks hooks;
  std::unique_ptr<versioning::Context> context;
  std::unique_ptr<versioning::Importer> importer;
  std::unique_ptr<versioning::TaskRunner> tasks;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<auth::Service> auth;
  std::unique_ptr<serving::UsageCounter> usage;
  std::unique_ptr<s3gw::Gateway> gateway;
  std::unique_ptr<rest::Api> api;
  std::unique_ptr<Maintenance> maintenance;
  std::unique_ptr<http::Server> server;
};

Status Application::Impl::OpenStores() {
  TARN_TRY_ASSIGN(kv, OpenKv(settings));
  auth = std::make_unique<auth::Service>(*kv, clock, random, AuthOptions(settings));
  TARN_TRY(auth->CheckSchema());
  TARN_TRY_ASSIGN(objects, OpenObjects(settings, clock));
  return {};
}

void Application::Impl::BuildCore() {
  const auto pool = [](const char* name, int threads, size_t queue_max) {
    return std::make_unique<runtime::WorkerPool>(
        runtime::WorkerPoolOptions{name, threads, queue_max});
  };
  const auto long_work = [](const char* name, int threads, int per_repository) {
    return std::make_unique<runtime::BackgroundPool>(runtime::BackgroundPoolOptions{
        name, threads, per_repository, kLongWorkQueueMax, kLongWorkQueuePerRepositoryMax});
  };
  meta = pool("meta", kMetaThreads, kMetaQueueMax);
  disk = pool("disk", kDiskThreads, kDiskQueueMax);
  jobs = pool("jobs", kJobThreads, kJobQueueMax);
  background = pool("background", kBackgroundThreads, kBackgroundQueueMax);
  imports_pool = long_work("imports", kImportThreads, kImportsPerRepository);
  tasks_pool = long_work("tasks", kTaskThreads, kTasksPerRepository);
  if (GatewayOptions(settings).fallback) remote = pool("remote", kRemoteThreads, kRemoteQueueMax);
  workers = pool("workers", Cores(), kWorkerQueueMax);
  refs = std::make_unique<refs::Store>(*kv, clock, random, RefsOptions(settings));
  staging = std::make_unique<staging::Store>(*kv);
  tables = std::make_unique<sst::TableStore>(*objects, TableOptions(settings));
  committed::StoreOptions committed_options;
  committed_options.uploads.pool = disk.get();
  committed = std::make_unique<committed::Store>(*tables, BreakRuleOf(settings), committed_options);
  context = std::make_unique<versioning::Context>(
      versioning::Context{*refs, *staging, *committed, *objects, hooks, *workers, clock, random,
                          VersioningSettings(settings)});
  importer = std::make_unique<versioning::Importer>(*context, *imports_pool);
  versioning::TaskRunnerOptions task_options;
  task_options.describe = [](const Status& failure, versioning::TaskStatus* task) {
    task->error = rest::ErrorText(failure);
    task->status_code = rest::ErrorRowOf(failure.code()).status;
  };
  tasks = std::make_unique<versioning::TaskRunner>(*context, *tasks_pool, std::move(task_options));
  catalog = std::make_unique<catalog::Catalog>(*context);
}

// A repository whose namespace belongs to another kind of store would fail at every access.
Status Application::Impl::CheckNamespaces() {
  if (options.allow_mismatched_repositories) return {};
  const std::string& own_type = objects->info().type;
  refs::PageRequest page{"", "", kRepositoryPage};
  while (true) {
    TARN_TRY_ASSIGN(const auto repositories, refs->ListRepositories(page, ""));
    for (const auto& repository : repositories.items) {
      const std::string_view type = block::StoreTypeOf(repository.storage_namespace.view());
      if (type == own_type) continue;
      return {Code::kInvalidValue,
              fmt::format("Mismatched adapter detected. lakeFS started with adapter of type '{}', "
                          "but repository '{}' is of type '{}'",
                          own_type, repository.id.str(), type)};
    }
    if (!repositories.has_more || repositories.items.empty()) return {};
    page.after = repositories.items.back().id.str();
  }
}

Status Application::Impl::Serve() {
  usage = std::make_unique<serving::UsageCounter>(*kv, clock, random);
  gateway = std::make_unique<s3gw::Gateway>(s3gw::Parts{*catalog, *auth, *metrics, *usage},
                                            GatewayOptions(settings));
  api = std::make_unique<rest::Api>(
      rest::Parts{*catalog, *auth, *importer, *tasks, *metrics, *usage, gateway.get()},
      RestOptions(settings));
  TARN_TRY_ASSIGN(const http::ServerOptions server_options, ServerOptions(settings));
  server = std::make_unique<http::Server>(
      server_options, *api, http::ServerPools{*meta, *disk, *jobs, background.get(), remote.get()});
  if (Status status = server->Start(); !status.ok()) {
    return std::move(status).Suffixed("; choose another address with --listen or listen_address");
  }
  auto process = std::make_shared<ProcessMetrics>(*metrics);
  maintenance = std::make_unique<Maintenance>(std::vector<PeriodicJob>{
      {"process metrics", kMetricsPeriodMs, [process] { return process->Update(), Status(); }},
      {"recovery of imports", kRecoverPeriodMs, [this] { return importer->Recover(); }},
      {"recovery of tasks", kRecoverPeriodMs, [this] { return tasks->Recover(); }},
      {"usage counts",
       std::max(kUsagePeriodMsMin, settings.GetDurationMs("usage_report.flush_interval")),
       [this] { return api->FlushUsage(); }},
      {"removal of parts of ended uploads", kUploadSweepPeriodMs,
       [this] { return catalog->multipart().SweepEnded(); }},
      {"removal of dropped changes", kSweepPeriodMs,
       [this] { return versioning::DropUnusedTokens(*context); }},
      {"removal of deleted repositories", kSweepPeriodMs,
       [this] { return refs->SweepDeleted(); }}});
  return {};
}

Application::Application(Settings settings, ApplicationOptions options)
    : impl_(std::make_unique<Impl>(std::move(settings), options)) {}

Application::~Application() { Stop(); }

Status Application::Start() {
  TARN_TRY(impl_->OpenStores());
  impl_->BuildCore();
  TARN_TRY_ASSIGN(const bool set_up, SetUpFromSettings(*impl_->auth, impl_->settings));
  if (set_up) {
    TARN_LOG_INFO("set up administrator {}", impl_->settings.GetText("installation.user_name"));
  }
  TARN_TRY(impl_->CheckNamespaces());
  TARN_TRY(impl_->auth->RecordInstallation(InstallationFacts(impl_->settings)));
  return impl_->Serve();
}

void Application::Stop() {
  // Requests first; then what they left on the pools, while everything it may touch still stands.
  if (impl_->server) impl_->server->Stop();
  impl_->maintenance.reset();
  if (impl_->api) {
    if (const Status status = impl_->api->FlushUsage(); !status.ok())
      TARN_LOG_WARN("usage counts not recorded: {}", status.ToString());
  }
  impl_->importer.reset();
  impl_->tasks.reset();
  impl_->imports_pool.reset();
  impl_->tasks_pool.reset();
  impl_->background.reset();
  impl_->jobs.reset();
  impl_->remote.reset();
  impl_->disk.reset();
  impl_->meta.reset();
  impl_->workers.reset();
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
