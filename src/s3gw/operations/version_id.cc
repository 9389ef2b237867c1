#include "s3gw/operations/version_id.h"

namespace tarn::s3gw {

std::optional<Failure> CheckVersionId(std::string_view id) {
  if (id == "null") return std::nullopt;
  if (id.empty()) return Failure(Error::kInvalidArgument, "Version id cannot be the empty string");
  return Failure(Error::kNoSuchVersion);
}

}  // namespace tarn::s3gw
