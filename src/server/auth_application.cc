#include "server/auth_application.h"

#include <utility>

#include "auth/schema.h"
#include "auth/service.h"
#include "authserver/auth_server.h"
#include "http/server.h"
#include "runtime/worker_pool.h"
#include "server/module_options.h"
#include "server/stores.h"
#include "server/version.h"

namespace tarn::server {
namespace {

constexpr int kThreads = 16;

}  // namespace

class AuthApplication::Impl {
 public:
  explicit Impl(Settings settings_in) : settings(std::move(settings_in)) {}

  Status Start() {
    TARN_TRY_ASSIGN(const authserver::Options options, AuthServerOptions(settings));
    TARN_TRY_ASSIGN(kv, OpenKv(settings));
    TARN_TRY(auth::EnsureSchema(*kv).Prefixed("Failure on schema validation: "));
    TARN_TRY(OpenUsers());
    handler = std::make_unique<authserver::AuthServer>(*auth, SystemClock(), options);
    pool = std::make_unique<runtime::WorkerPool>(
        runtime::WorkerPoolOptions{.name = "meta", .threads = kThreads});
    http::ServerPools pools{};
    pools[static_cast<size_t>(http::Pool::kMeta)] = pool.get();
    TARN_TRY_ASSIGN(const http::ServerOptions server_options, ServerOptions(settings));
    server = std::make_unique<http::Server>(server_options, *handler, pools);
    Status status = server->Start();
    if (status.ok()) return {};
    return std::move(status).Suffixed("; choose another address with --listen or listen_address");
  }

  // Groups with permissions are kept like those with policies, so a store of either mode will do;
  // the first says best what is wrong with any other.
  Status OpenUsers() {
    Status first;
    for (const auth::Mode mode : {auth::Mode::kInternal, auth::Mode::kSimplified}) {
      auth::Options options = AuthOptions(settings);
      options.mode = mode;
      auth = std::make_unique<auth::Service>(*kv, SystemClock(), SystemRandom(), options);
      Status adopted = auth->AdoptUsers();
      if (adopted.code() != Code::kPreconditionFailed) {
        TARN_TRY(std::move(adopted));
        return PrepareUsers();
      }
      if (first.ok()) first = std::move(adopted);
    }
    return first;
  }

  // Nothing says of a store that it was set up where only an authorization server ever had it.
  Status PrepareUsers() {
    TARN_TRY_ASSIGN(const bool initialized, auth->Initialized());
    return initialized ? Status() : auth->directory().Prepare();
  }

  const Settings settings;
  // In order of construction.
  std::unique_ptr<kv::Store> kv;
  std::unique_ptr<auth::Service> auth;
  std::unique_ptr<authserver::AuthServer> handler;
  std::unique_ptr<runtime::WorkerPool> pool;
  std::unique_ptr<http::Server> server;
};

AuthApplication::AuthApplication(Settings settings)
    : impl_(std::make_unique<Impl>(std::move(settings))) {}
AuthApplication::~AuthApplication() { Stop(); }

Status AuthApplication::Start() { return impl_->Start(); }

// Requests first; then what they left on the pool, while all that it may touch still stands.
void AuthApplication::Stop() {
  if (impl_->server) impl_->server->Stop();
  impl_->pool.reset();
}

uint16_t AuthApplication::port() const { return impl_->server->port(); }

}  // namespace tarn::server
