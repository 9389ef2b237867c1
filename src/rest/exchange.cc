#include "rest/exchange.h"

#include <fmt/format.h>

#include "base/blocking.h"
#include "base/check.h"
#include "rest/answers.h"
#include "rest/body.h"
#include "rest/decision.h"
#include "rest/error_table.h"
#include "versioning/hooks.h"

namespace tarn::rest {
namespace {

/// The operation whose time to the first byte is measured.
constexpr std::string_view kFirstByteOperation = "getObject";
constexpr std::string_view kFirstByteLabel = "GetObject";

/// Operation id as the reference's generated code spells it.
std::string Capitalized(std::string_view id) {
  std::string name(id);
  name[0] = static_cast<char>(name[0] & ~0x20);
  return name;
}

Status NotSignedIn() { return {Code::kUnauthenticated, "error authenticating request"}; }

size_t LaneParameter(const Operation& operation, const ParameterList& parameters) {
  size_t i = 0;
  while (i < parameters.path_count && parameters.all[i]->name != operation.lane) ++i;
  TARN_CHECK(operation.lane.empty() || i < parameters.path_count);
  return i;
}

}  // namespace

Route::Route(const Operation& row, SchemaSet& schemas, serving::RequestMetrics& all_metrics)
    : operation(row),
      parameters(row),
      lane(LaneParameter(row, parameters)),
      metrics(all_metrics, row.id,
              {.method = row.method,
               .first_byte_label = row.id == kFirstByteOperation ? kFirstByteLabel : ""}) {
  if (!row.body.schema.empty()) body_schema = schemas.Get(row.body.schema);
}

OperationExchange::OperationExchange(const Services& services, Route& route,
                                     const http::RequestHead& head,
                                     const serving::PathSegments& path_segments)
    : services_(services),
      route_(route),
      head_(head),
      path_segments_(path_segments),
      life_(head, {"rest_api", route.operation.id, route.operation.event}, &route.metrics),
      call_(services, route.operation, route.parameters, head) {}

http::BodyPlan OperationExchange::body_plan() const {
  switch (route_.operation.body.kind) {
    case BodyKind::kNone:
      return http::BodyPlan::kNone;
    case BodyKind::kStream:
      return http::BodyPlan::kStreamed;
    case BodyKind::kJson:
    case BodyKind::kJsonOptional:
      break;
  }
  return http::BodyPlan::kBuffered;
}

std::string OperationExchange::lane() const {
  const auto segments = path_segments_.view();
  if (route_.lane >= segments.size()) return {};
  // A branch of this repository. One that is escaped in two ways has two lanes: less is gained
  // then.
  return fmt::format("{}/{}", segments[0], segments[route_.lane]);
}

int64_t OperationExchange::body_bytes_max() const {
  const int64_t limit = route_.operation.body_bytes_max;
  return route_.operation.access == Access::kOpen ? std::min(limit, kAnonymousBytesMax) : limit;
}

std::optional<http::Response> OperationExchange::Validate(std::string_view body) {
  if (auto problem = call_.parameters_.Validate(head_, path_segments_.view()))
    return MessageAnswer(400, *problem);
  if (!route_.body_schema) return std::nullopt;
  Result<CheckedBody> checked =
      CheckBody(body, head_.Get("Content-Type"), route_.operation.body.kind == BodyKind::kJson,
                *route_.body_schema);
  if (!checked.ok()) return ErrorAnswer(checked.status());
  call_.body_ = std::move(checked->value);
  bindable_ = checked->bindable;
  return std::nullopt;
}

// Anew each time: a body may take long to come, and much may be taken away meanwhile.
Status OperationExchange::Authenticate() {
  TARN_TRY_ASSIGN(call_.user_, services_.parts.auth.Authenticate(head_.Get("Authorization"),
                                                                 head_.Get("Cookie")));
  return {};
}

Status OperationExchange::Admit(std::optional<http::Response>* refused) {
  const Operation& operation = route_.operation;
  if (operation.access != Access::kOpen) TARN_TRY(Authenticate());
  if (auto problem = call_.parameters_.Bind()) {
    *refused = PlainAnswer(400, *problem);
    return {};
  }
  if (!bindable_) {
    *refused = PlainAnswer(
        400, fmt::format("Error unmarshalling body '{}' as JSON", Capitalized(operation.id)));
    return {};
  }
  return Authorize();
}

Status OperationExchange::CheckFeature() const {
  const auth::Mode mode = services_.parts.auth.mode();
  const Feature feature = route_.operation.feature;
  const bool is_missing = (feature == Feature::kPolicies && mode == auth::Mode::kSimplified) ||
                          (feature == Feature::kPrincipals &&
                           ((mode != auth::Mode::kInternal && mode != auth::Mode::kExternal) ||
                            !services_.options.external_principals));
  return is_missing ? Status(Code::kNotImplemented, "Not Implemented") : Status();
}

Status OperationExchange::Authorize() {
  const Operation& operation = route_.operation;
  TARN_TRY(CheckFeature());
  if (operation.access == Access::kOpen || operation.access == Access::kOptional) return {};
  if (operation.check != nullptr) TARN_TRY(operation.check(call_));
  if (!call_.user_) return NotSignedIn();
  if (operation.access != Access::kPermissions) return {};
  CallFacts facts(call_);
  return services_.parts.authorizer.Decide(*call_.user_, operation.permission, facts);
}

Result<http::Response> OperationExchange::Run(std::string_view body) {
  if (life_.id().empty()) {
    if (auto refused = Validate(body)) return *std::move(refused);
    life_.Begin();
  }
  std::optional<http::Response> refused;
  TARN_TRY(Admit(&refused));
  if (refused) return *std::move(refused);
  life_.Use();
  const versioning::ActingUser acting(call_.user_ ? std::string_view(call_.user_->username) : "");
  if (!route_.operation.stream) return route_.operation.handler(call_);
  TARN_TRY_ASSIGN(taker_, route_.operation.stream(call_));
  return http::Response{};
}

http::Response OperationExchange::Complete(http::Response response) const {
  if (!life_.id().empty())
    response.headers.append("X-Request-ID: ").append(life_.id()).append("\r\n");
  return response;
}

http::Response OperationExchange::Refuse(const Status& status) const {
  const int code = ErrorRowOf(status.code()).status;
  if (code >= 500 && status.code() != Code::kNotImplemented) life_.LogFailure(status);
  return Complete(ErrorAnswer(status));
}

std::optional<http::Response> OperationExchange::OpenDocument() {
  // Its body has a small limit; here it has come when there is no memory even for that.
  if (route_.operation.access == Access::kOpen) return Busy();
  Status status = Authenticate();
  if (status.ok() && !call_.user_) status = NotSignedIn();
  if (status.ok()) return std::nullopt;
  return Refuse(status);
}

std::optional<http::Response> OperationExchange::Open() {
  if (body_plan() == http::BodyPlan::kBuffered) return OpenDocument();
  Result<http::Response> result = Run({});
  if (!result.ok()) return Refuse(result.status());
  if (taker_) return std::nullopt;
  return Complete(*std::move(result));
}

std::optional<http::Response> OperationExchange::Consume(std::span<const char> bytes) {
  const Status status = taker_->Take(bytes);
  if (status.ok()) return std::nullopt;
  return Refuse(status);
}

std::optional<http::Response> OperationExchange::Answer(std::string_view body) {
  Result<http::Response> result = taker_ ? taker_->Finish(call_) : Run(body);
  if (result.code() == Code::kWouldBlock && !MayBlock()) return std::nullopt;
  life_.Answered();
  if (!result.ok()) return Refuse(result.status());
  return Complete(*std::move(result));
}

http::Response OperationExchange::TooLarge() {
  return Complete(ErrorAnswer(
      {Code::kTooLarge, fmt::format("request body is larger than {} bytes", body_bytes_max())}));
}

http::Response OperationExchange::Busy() {
  http::Response response = ErrorAnswer({Code::kSlowDown, "the server is busy"});
  response.Add("Retry-After", "1");
  return Complete(std::move(response));
}

std::string_view OperationExchange::TextOf(std::string_view parameter) const {
  const ParameterValue* value = call_.Find(parameter);
  return value != nullptr ? value->text : std::string_view();
}

// As in the reference, what the validator refuses has no life: its parameters are not told.
void OperationExchange::Finished(int status, int64_t body_bytes_sent) {
  serving::RequestEnd end{.status = status,
                          .sent_bytes = body_bytes_sent,
                          .path = head_.target,
                          .user = call_.user_ ? call_.user_->username : std::string_view(),
                          .repository = {},
                          .ref = {}};
  if (life_.is_audited()) {
    end.repository = TextOf("repository");
    // Where a request has both, the ref is only what the branch is set to.
    end.ref = TextOf("branch");
    if (end.ref.empty()) end.ref = TextOf("ref");
  }
  life_.Finish(end, services_.parts.usage);
}

}  // namespace tarn::rest
