#include "authserver/auth_server.h"

#include <utility>

#include "authserver/exchange.h"
#include "authserver/operation.h"
#include "authserver/token_check.h"
#include "serving/json_answer.h"
#include "serving/ready_exchange.h"
#include "serving/router.h"

namespace tarn::authserver {
namespace {

constexpr std::string_view kBasePath = "/api/v1";
constexpr std::string_view kHealthPath = "/_health";

http::Response Alive() {
  http::Response response;
  response.Add("Content-Type", "text/plain; charset=utf-8");
  response.body = "alive!";
  return response;
}

}  // namespace

class AuthServer::Impl {
 public:
  Impl(auth::Service& service, Clock& clock, Options options)
      : options_(std::move(options)),
        services_{service, clock, options_},
        tokens_(options_.token, options_.secret_key) {
    int row = 0;
    for (const Operation& operation : Operations())
      router_.Add(operation.method, operation.path, row++);
  }

  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) {
    if (head.path == kHealthPath) return serving::ReadyExchange(Alive());
    if (!head.path.starts_with(kBasePath)) return serving::ReadyExchange(serving::EmptyAnswer(404));
    const auto match = router_.Find(head.method, head.path.substr(kBasePath.size()));
    const Operation* const operation =
        match.route < 0 ? nullptr : &Operations()[static_cast<size_t>(match.route)];
    const bool is_open = operation != nullptr && operation->id == kHealthCheckId;
    // Strangers do not learn what there is.
    if (!is_open && !tokens_.Accepts(head.Get("Authorization"), services_.clock.Now().seconds))
      return RefuseCall(head, {Code::kUnauthenticated, "unauthorized"});
    if (operation == nullptr) return RefuseCall(head, {Code::kNotFound, "no such operation"});
    return std::make_unique<CallExchange>(services_, *operation, head, match.segments);
  }

 private:
  const Options options_;
  const Services services_;
  const TokenCheck tokens_;
  serving::Router router_;
};

AuthServer::AuthServer(auth::Service& service, Clock& clock, Options options)
    : impl_(std::make_unique<Impl>(service, clock, std::move(options))) {}
AuthServer::~AuthServer() = default;

std::unique_ptr<http::Exchange> AuthServer::Start(const http::RequestHead& head) {
  return impl_->Start(head);
}

}  // namespace tarn::authserver
