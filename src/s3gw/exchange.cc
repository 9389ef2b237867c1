#include "s3gw/exchange.h"

#include <utility>

#include "base/blocking.h"
#include "base/text.h"
#include "codec/json_writer.h"
#include "refs/names.h"
#include "s3gw/decision.h"
#include "s3gw/documents/error_document.h"
#include "s3gw/operations/copy_source.h"
#include "s3gw/operations/refusal.h"
#include "s3gw/operations/version_id.h"
#include "s3gw/operations/write_checks.h"

namespace tarn::s3gw {
namespace {

constexpr std::string_view kCopySourceHeader = "x-amz-copy-source";
/// Who may not see all repositories is not told which names are free.
constexpr auth::Permission kSeeRepositories = {"fs:ListRepositories", auth::kEverything};

constexpr std::string_view kSniffedXml = "text/xml; charset=utf-8";

/// Credentials of the REST API are refused in its own form.
http::Response NotAuthenticated(const Status& status) {
  std::string json;
  JsonWriter(&json).BeginObject().Field("message", status.message()).EndObject();
  json.push_back('\n');
  http::Response response;
  response.status = 401;
  response.Add("Content-Type", "application/json").Add("X-Content-Type-Options", "nosniff");
  response.body = std::move(json);
  return response;
}

bool HasHeader(std::string_view headers, std::string_view line_start) {
  return headers.starts_with(line_start) ||
         headers.find(std::string("\r\n").append(line_start)) != std::string_view::npos;
}

/// Whether a list of media types names one literally, without parameters.
bool Lists(std::string_view accept, std::string_view type) {
  while (!accept.empty()) {
    const size_t comma = accept.find(',');
    if (Trim(accept.substr(0, comma), " ") == type) return true;
    accept.remove_prefix(comma == std::string_view::npos ? accept.size() : comma + 1);
  }
  return false;
}

/// The kind of XML that is accepted, the first of these by preference; nothing if none is.
std::optional<std::string_view> AcceptedXml(std::string_view accept) {
  for (const std::string_view type : {"application/xml", "text/xml"})
    if (Lists(accept, type)) return type;
  return std::nullopt;
}

bool IsEmptyBody(const http::Response& response) {
  const auto* text = std::get_if<std::string>(&response.body);
  return text && text->empty();
}

/// Gives decoded bytes to the taker of an operation.
class TakerSink : public Payload::Sink {
 public:
  explicit TakerSink(BodyTaker& taker) : taker_(taker) {}
  Status OnBytes(std::span<const char> bytes) override { return taker_.Take(bytes); }

 private:
  BodyTaker& taker_;
};

/// Gathers the document of an operation, then runs its handler.
class DocumentTaker : public BodyTaker {
 public:
  DocumentTaker(const Operation& operation, std::string* document)
      : operation_(operation), document_(*document) {}

  Status Take(std::span<const char> bytes) override {
    if (static_cast<int64_t>(document_.size() + bytes.size()) > operation_.body_bytes_max)
      return {Code::kTooLarge, "the document is too large"};
    document_.append(bytes.data(), bytes.size());
    return {};
  }
  s3gw::Answer Finish(Call& call) override {
    const auto md5 = ReadContentMd5(call.head());
    if (!md5.ok()) return md5.failure();
    if (*md5 && Md5(document_) != **md5) return Error::kBadDigest;
    return operation_.handler(call);
  }

 private:
  const Operation& operation_;
  std::string& document_;
};

}  // namespace

GatewayExchange::GatewayExchange(const Services& services, Route& route,
                                 const http::RequestHead& head,
                                 std::unique_ptr<const http::RequestHead> hoisted, Target target,
                                 Query query)
    : services_(services),
      route_(route),
      head_(head),
      hoisted_(std::move(hoisted)),
      life_(head, {"s3_gateway", route.operation.kind->id, route.operation.event}, &route.metrics),
      call_(services.parts, services.options, route.operation, hoisted_ ? *hoisted_ : head,
            std::move(target), std::move(query)) {
  life_.Begin();
  LookAhead();
}

http::BodyPlan GatewayExchange::body_plan() const {
  // Whatever the operation would do with a body, another server may want it.
  const bool wanted = operation().body != BodyKind::kNone;
  return wanted || (may_be_foreign_ && head_.has_body()) ? http::BodyPlan::kStreamed
                                                         : http::BodyPlan::kNone;
}

void GatewayExchange::LookAhead() {
  const std::string& name = call_.target().repository;
  if (!services_.fallback || name.empty()) return;
  auto found = services_.parts.catalog.GetRepository(RepositoryId(name));
  if (found.ok()) call_.repository_ = *std::move(found);
  may_be_foreign_ = !call_.repository_;
}

std::optional<s3gw::Answer> GatewayExchange::Authenticate() {
  if (call_.user_) return std::nullopt;
  // A signature is nothing that the REST side could know, so it is not asked about it.
  const std::string_view authorization = head_.Get("Authorization");
  auto by_rest = services_.parts.auth.Authenticate(
      authorization.starts_with("AWS") ? std::string_view() : authorization, head_.Get("Cookie"));
  if (by_rest.code() == Code::kUnauthenticated) return NotAuthenticated(by_rest.status());
  if (!by_rest.ok()) return by_rest.status();
  if (*by_rest) {
    call_.user_ = **by_rest;
    return std::nullopt;
  }
  auto verified =
      VerifySignature(head_, call_.query_, services_.parts.auth,
                      services_.parts.catalog.context().clock, services_.options.domain_names);
  if (auto* refused = std::get_if<s3gw::Answer>(&verified)) return std::move(*refused);
  signed_ = std::get<SignedRequest>(std::move(verified));
  call_.user_ = signed_.user;
  return std::nullopt;
}

std::optional<s3gw::Answer> GatewayExchange::FindRepository() {
  const Target& target = call_.target();
  if (target.repository.empty() || call_.repository_) return std::nullopt;
  auto found = services_.parts.catalog.GetRepository(RepositoryId(target.repository));
  if (found.ok()) {
    call_.repository_ = *std::move(found);
    return std::nullopt;
  }
  // A name that no repository can have is a missing bucket too.
  if (found.code() != Code::kRepositoryNotFound && found.code() != Code::kInvalidValue)
    return found.status();
  if (auto refused = Decide(kSeeRepositories)) return refused;
  // Passwords and tokens of the REST API are no business of another server; a signature is no
  // secret.
  const bool is_signed = !signed_.user.username.empty();
  is_foreign_ = services_.fallback != nullptr && is_signed;
  if (is_foreign_) return std::nullopt;
  if (head_.target.starts_with("/api/v1")) return Error::kNoSuchBucketPossibleApiEndpoint;
  const bool makes_bucket = head_.method == "PUT" && target.level() == Target::Level::kBucket;
  return makes_bucket ? Error::kNotImplemented : Error::kNoSuchBucket;
}

// What is wrong whatever the repository holds.
std::optional<s3gw::Answer> GatewayExchange::Refuse() const {
  const bool only_reads = head_.method == "GET" || head_.method == "HEAD";
  if (auto refused = FindRefusal(operation(), call_.head(), call_.query(),
                                 only_reads && !services_.options.verify_unsupported))
    return *std::move(refused);
  if (const std::string* version = call_.query().Find("versionId"))
    if (auto refused = CheckVersionId(*version)) return *std::move(refused);
  if (call_.path().size() > refs::kPathBytesMax) return Error::kKeyTooLong;
  return std::nullopt;
}

// A copy asks for its source too, so a source that cannot be read comes first.
std::optional<s3gw::Answer> GatewayExchange::Authorize() const {
  if (operation().selector.header == kCopySourceHeader && !operation().refuses_all)
    if (auto source = ReadCopySource(call_.Header(kCopySourceHeader)); !source.ok())
      return source.failure();
  const auth::Permission& wanted = WantedPermission(operation(), call_.query());
  const bool is_asked = wanted.kind != auth::Permission::Kind::kNone && !operation().asks_each_item;
  return is_asked ? Decide(wanted) : std::nullopt;
}

std::optional<s3gw::Answer> GatewayExchange::Decide(const auth::Permission& wanted) const {
  CallFacts facts(call_);
  Status status = services_.parts.authorizer.Decide(*call_.user_, wanted, facts);
  if (status.ok()) return std::nullopt;
  return s3gw::Answer(std::move(status));
}

std::optional<s3gw::Answer> GatewayExchange::Admit() {
  if (!IsReadableTarget(head_)) return Error::kInvalidUri;
  if (auto refused = Authenticate()) return refused;
  // What is passed on is neither verified nor decoded: the other server does that.
  if (may_be_foreign_) {
    if (auto refused = FindRepository()) return refused;
    if (is_foreign_) return std::nullopt;
  }
  auto payload = Payload::Make(call_.head(), signed_);
  if (!payload.ok()) return payload.failure();
  payload_ = std::move(*payload);
  call_.body_bytes_ = payload_->decoded_bytes();
  if (auto refused = FindRepository()) return refused;
  stage_ = Stage::kFound;
  if (auto refused = Authorize()) return refused;
  if (auto refused = Refuse()) return refused;
  stage_ = Stage::kHandled;
  life_.Use();
  return std::nullopt;
}

std::optional<http::Response> GatewayExchange::Open() {
  if (auto refused = Admit()) return Complete(*std::move(refused));
  if (is_foreign_) return OpenForeign();
  if (operation().body == BodyKind::kNone) return Complete(operation().handler(call_));
  if (operation().body == BodyKind::kDocument) {
    taker_ = std::make_unique<DocumentTaker>(operation(), &call_.document_);
    return std::nullopt;
  }
  Opening opening = operation().stream(call_);
  if (opening.answer) return Complete(*std::move(opening.answer));
  taker_ = std::move(opening.taker);
  return std::nullopt;
}

std::optional<http::Response> GatewayExchange::Consume(std::span<const char> bytes) {
  if (foreign_) return foreign_->Take(bytes);
  TakerSink sink(*taker_);
  if (auto failed = payload_->Take(bytes, sink)) return Complete(*std::move(failed));
  return std::nullopt;
}

std::optional<http::Response> GatewayExchange::OpenForeign() {
  auto call = services_.fallback->Start(head_);
  if (!call.ok()) return Complete(std::move(call).status());
  foreign_ = *std::move(call);
  return foreign_->Open();
}

std::optional<http::Response> GatewayExchange::Answer(std::string_view) {
  if (foreign_) return foreign_->Finish();
  if (taker_) {
    if (auto failed = payload_->Finish()) return Complete(*std::move(failed));
    return Complete(taker_->Finish(call_));
  }
  if (auto refused = Admit()) return Complete(*std::move(refused));
  if (is_foreign_) {
    if (auto early = OpenForeign()) return early;
    return foreign_->Finish();
  }
  return Complete(operation().handler(call_));
}

std::optional<http::Response> GatewayExchange::Complete(s3gw::Answer answer) {
  http::Response response;
  if (http::Response* given = answer.response()) {
    response = std::move(*given);
  } else if (const Failure* failure = answer.failure()) {
    response = ErrorResponse(*failure);
  } else {
    const Status& status = *answer.status();
    if (status.code() == Code::kWouldBlock && !MayBlock()) return std::nullopt;
    const Error error = ErrorOf(status.code());
    // A name that breaks a rule is answered as the server's failure, but it is not one.
    if (RowOf(error).status >= 500 && status.code() != Code::kInvalidValue)
      life_.LogFailure(status);
    response = ErrorResponse(error);
  }
  if (stage_ != Stage::kReceived) response.Add("X-Amz-Request-Id", life_.id());
  AddContentType(&response);
  return response;
}

http::Response GatewayExchange::ErrorResponse(const Failure& failure) const {
  const int status = RowOf(failure.error).status;
  if (failure.error == Error::kClientGone) return EmptyAnswer(status);
  const Target& target = call_.target();
  ErrorPlace place{.region = services_.options.region, .request_id = life_.id()};
  std::string resource;
  if (operation().placeless_errors && stage_ != Stage::kReceived) {
    place.region = {};
  } else if (stage_ == Stage::kHandled && call_.repository_) {
    place.bucket = target.repository;
    resource = target.repository;
    if (!target.ref.empty()) {
      place.key = target.path;
      resource = target.ref + "@" + target.repository;
    }
    place.resource = resource;
  }
  http::Response response = XmlAnswer(ErrorDocument(failure, place));
  response.status = status;
  if (const auto& [name, value] = failure.header; !name.empty()) response.Add(name, value);
  return response;
}

// What comes before the repository is known is always XML as a guess of the content would say it.
void GatewayExchange::AddContentType(http::Response* response) const {
  if (HasHeader(response->headers, "Content-Type:")) return;
  const auto accept = head_.Find("Accept");
  if (stage_ != Stage::kReceived) {
    const auto type = accept ? AcceptedXml(*accept) : std::string_view("application/xml");
    if (type) {
      response->Add("Content-Type", *type);
      return;
    }
  }
  if (!IsEmptyBody(*response)) response->Add("Content-Type", kSniffedXml);
}

http::Response GatewayExchange::TooLarge() { return *Complete(Failure(Error::kEntityTooLarge)); }

// A presigned query is a secret until it expires, so only the path is told.
void GatewayExchange::Finished(int status, int64_t body_bytes_sent) {
  life_.Finish({.status = status,
                .sent_bytes = body_bytes_sent,
                .path = head_.path,
                .user = call_.user_ ? call_.user_->username : std::string_view(),
                .repository = call_.target().repository,
                .ref = call_.target().ref},
               services_.parts.usage);
}

}  // namespace tarn::s3gw
