#include "rest/error_table.h"

#include <array>

namespace tarn::rest {
namespace {

constexpr std::array<ErrorRow, kCodeCount> kTable = {{
    {Code::kOk, 200, ""},
    {Code::kWouldBlock, 500, "internal server error"},  // never leaves the exchange
    {Code::kCancelled, 499, "Client closed request"},
    {Code::kUnauthenticated, 401, "error authenticating request"},
    {Code::kInsufficientPermissions, 401, ""},
    {Code::kInvalidValue, 400, ""},
    {Code::kInvalidRequest, 400, ""},
    {Code::kPathRequired, 400, ""},
    {Code::kLinkAddressInvalid, 400, ""},
    {Code::kLinkAddressExpired, 400, ""},
    {Code::kInvalidAddress, 400, ""},
    {Code::kAddressBlocked, 400, ""},
    {Code::kUnsupported, 400, ""},
    {Code::kWriteFailed, 400, ""},
    {Code::kNotFound, 404, ""},
    {Code::kRepositoryNotFound, 404, ""},
    {Code::kBranchNotFound, 404, ""},
    {Code::kTagNotFound, 404, ""},
    {Code::kCommitNotFound, 404, ""},
    {Code::kPullRequestNotFound, 404, ""},
    {Code::kUserNotFound, 404, ""},
    {Code::kForbidden, 403, ""},
    {Code::kProtectedBranch, 403, ""},
    {Code::kReadOnlyRepository, 403, ""},
    {Code::kDefaultBranch, 403, ""},
    {Code::kDirtyBranch, 400, ""},
    {Code::kNoChanges, 400, ""},
    {Code::kNotUnique, 409, ""},
    {Code::kConflict, 409, ""},
    {Code::kRevertNeedsParent, 409, ""},
    {Code::kParentOutOfRange, 400, ""},
    {Code::kRepositoryInDeletion, 410, "repository in deletion"},
    {Code::kDataNotFound, 410, "No data"},
    {Code::kAlreadyExists, 409, "Already exists"},
    {Code::kTooManyTries, 429, "Too many attempts, try again later"},
    {Code::kSlowDown, 503, "Throughput exceeded. Slow down and retry"},
    {Code::kPreconditionFailed, 412, ""},
    {Code::kPredicateFailed, 500, ""},
    {Code::kNotImplemented, 501, ""},
    {Code::kHookFailed, 412, ""},
    {Code::kRangeUnsatisfiable, 416, "Requested Range Not Satisfiable"},
    {Code::kTooLarge, 413, ""},
    {Code::kCorrupt, 500, ""},
    {Code::kNoSpace, 500, ""},
    {Code::kIo, 500, ""},
    {Code::kInternal, 500, ""},
}};

constexpr bool RowsStandAtTheirCodes() {
  for (int i = 0; i < kCodeCount; ++i)
    if (static_cast<int>(kTable[static_cast<size_t>(i)].code) != i) return false;
  return true;
}
static_assert(RowsStandAtTheirCodes());

}  // namespace

const ErrorRow& ErrorRowOf(Code code) { return kTable[static_cast<size_t>(code)]; }

std::string_view ErrorText(const Status& status) {
  const std::string_view fixed = ErrorRowOf(status.code()).text;
  return fixed.empty() ? status.message() : fixed;
}

}  // namespace tarn::rest
