#include "block/azure/failures.h"

#include <algorithm>
#include <array>
#include <string>

namespace tarn::block::azure {
namespace {

constexpr std::string_view kCheckKey =
    "check blockstore.azure.storage_account and storage_access_key, or the identity, and the clock "
    "of this machine";
constexpr std::string_view kNotAllowed =
    "the identity is not allowed to do that: give it a role on the container, and look whether the "
    "account has a firewall";

constexpr std::array<http::NamedFailure, 25> kNames = {{
    {"BlobNotFound", Code::kDataNotFound},
    {"ContainerNotFound", Code::kIo},
    {"ResourceNotFound", Code::kIo},
    // The service could not fetch, for example from behind a firewall: that can be done otherwise.
    {"CannotVerifyCopySource", Code::kUnsupported},
    {"InvalidBlockList", Code::kNotFound},
    {"BlobAlreadyExists", Code::kPreconditionFailed},
    {"ConditionNotMet", Code::kPreconditionFailed},
    {"SourceConditionNotMet", Code::kPreconditionFailed},
    {"TargetConditionNotMet", Code::kPreconditionFailed},
    {"InvalidRange", Code::kRangeUnsatisfiable},
    {"APINotImplemented", Code::kUnsupported},
    {"NotImplemented", Code::kUnsupported},
    {"InvalidAuthenticationInfo", Code::kIo},
    {"ServerBusy", Code::kSlowDown},
    {"OperationTimedOut", Code::kSlowDown},
    {"InternalError", Code::kSlowDown},
    {"PendingCopyOperation", Code::kSlowDown},
    {"BlobBeingRehydrated", Code::kIo},
    {"BlobArchived", Code::kIo},
    {"AccountBeingCreated", Code::kSlowDown},
    {"AuthenticationFailed", Code::kIo, kCheckKey},
    {"AuthorizationFailure", Code::kIo, kNotAllowed},
    {"AuthorizationPermissionMismatch", Code::kIo, kNotAllowed},
    {"InsufficientAccountPermissions", Code::kIo, kNotAllowed},
    {"NoAuthenticationInformation", Code::kIo, kCheckKey},
}};

constexpr http::FailureTable kTable = {.store = "Azure", .names = kNames};

}  // namespace

Failure ReadFailure(int status, std::string_view code, std::string_view body) {
  Failure failure{status, std::string(code), {}};
  if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);
  http::ReadXmlFailure(body, &failure);
  // What follows are the numbers of the request. What was signed is told elsewhere.
  failure.message.resize(std::min(failure.message.find('\n'), failure.message.size()));
  return failure;
}

Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object) {
  return http::ToStatus(kTable, failure, operation, object);
}

}  // namespace tarn::block::azure
