#include "authserver/error_table.h"

#include <algorithm>
#include <iterator>

namespace tarn::authserver {
namespace {

// Statuses that the contract's clients know: others are a failure of the server to them too.
constexpr ErrorRow kTable[] = {
    {Code::kInvalidRequest, 400, ""},
    {Code::kInvalidValue, 400, ""},
    {Code::kUnauthenticated, 401, "unauthorized"},
    {Code::kNotFound, 404, ""},
    {Code::kUserNotFound, 404, ""},
    {Code::kAlreadyExists, 409, "Already exists"},
    {Code::kConflict, 409, ""},
    {Code::kTooLarge, 413, ""},
    {Code::kNotImplemented, 501, ""},
    {Code::kSlowDown, 503, "the server is busy"},
    {Code::kTooManyTries, 503, "the server is busy"},
};
constexpr ErrorRow kFailure = {Code::kInternal, 500, "internal server error"};

}  // namespace

const ErrorRow& ErrorRowOf(Code code) {
  const auto* const found = std::find_if(std::begin(kTable), std::end(kTable),
                                         [&](const ErrorRow& row) { return row.code == code; });
  return found == std::end(kTable) ? kFailure : *found;
}

}  // namespace tarn::authserver
