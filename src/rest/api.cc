#include "rest/api.h"

#include <utility>

#include "base/random.h"
#include "codec/url.h"
#include "rest/answers.h"
#include "rest/contract/openapi.h"
#include "rest/contract/schemas.h"
#include "rest/exchange.h"
#include "rest/handlers/pages.h"
#include "rest/presigned/presigned_exchange.h"
#include "rest/presigned/presigned_url.h"
#include "serving/ready_exchange.h"
#include "serving/router.h"

namespace tarn::rest {
namespace {

constexpr std::string_view kApiPrefix = "/api/v1";

bool IsApiPath(std::string_view path) {
  return path.starts_with(kApiPrefix) &&
         (path.size() == kApiPrefix.size() || path[kApiPrefix.size()] == '/');
}

http::Response TextOnly(int status, std::string_view text) {
  http::Response response = PlainAnswer(status, text);
  response.body = std::string(text);
  return response;
}

/// Addresses must not be signed with a key that anybody knows, so without one a key of this process
/// is made; its addresses can then only be linked here.
Options WithSigningKey(Options options) {
  constexpr int kKeyLength = 43;  // 258 bits
  if (options.signing_secret_key.empty())
    options.signing_secret_key = NewNanoId(SystemRandom(), kKeyLength);
  return options;
}

}  // namespace

class Api::Impl {
 public:
  Impl(Parts parts, Options options)
      : services_{parts, WithSigningKey(std::move(options))},
        metrics_(parts.metrics, {"api", "the API"}),
        pages_(services_, OpenApiDocument(schemas_)) {
    for (const Operation* operation : AllOperations()) {
      router_.Add(operation->method, operation->path, static_cast<int>(routes_.size()));
      routes_.push_back(std::make_unique<Route>(*operation, schemas_, metrics_));
    }
  }

  std::unique_ptr<http::Exchange> Start(const http::RequestHead& head) {
    if (head.path.find('%') != std::string_view::npos && !HasValidEscapes(head.path))
      return serving::ReadyExchange(TextOnly(400, "400 Bad Request"));
    if (!services_.options.presign_key.empty() && head.path.starts_with(kPresignedPrefix))
      return StartPresigned(services_, head);
    if (http::Handler* gateway = services_.parts.s3_gateway;
        gateway && IsForS3(head, services_.options.s3_domain_names))
      return gateway->Start(head);
    if (IsApiPath(head.path)) return StartOperation(head);
    if (head.path.starts_with("//"))
      return serving::ReadyExchange(PlainAnswer(404, "404 page not found"));
    return pages_.Start(head);
  }

  Status FlushUsage() {
    TARN_TRY_ASSIGN(const std::string id,
                    services_.parts.auth.InstallationId(services_.options.fixed_installation_id));
    return services_.parts.usage.Flush(id);
  }

 private:
  std::unique_ptr<http::Exchange> StartOperation(const http::RequestHead& head) {
    const serving::RouteMatch match =
        router_.Find(head.method, head.path.substr(kApiPrefix.size()));
    if (match.route < 0) return serving::ReadyExchange(MessageAnswer(404, "invalid API endpoint"));
    return std::make_unique<OperationExchange>(
        services_, *routes_[static_cast<size_t>(match.route)], head, match.segments);
  }

  const Services services_;
  SchemaSet schemas_;
  serving::RequestMetrics metrics_;
  Pages pages_;
  serving::Router router_;
  std::vector<std::unique_ptr<Route>> routes_;
};

Api::Api(Parts parts, Options options) : impl_(std::make_unique<Impl>(parts, std::move(options))) {}
Api::~Api() = default;

std::unique_ptr<http::Exchange> Api::Start(const http::RequestHead& head) {
  return impl_->Start(head);
}

Status Api::FlushUsage() { return impl_->FlushUsage(); }

}  // namespace tarn::rest
