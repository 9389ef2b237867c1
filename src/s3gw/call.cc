#include "s3gw/call.h"

#include "s3gw/decision.h"

namespace tarn::s3gw {

Status Call::Decide(std::string_view path) const {
  CallFacts facts(*this, path);
  return parts_.authorizer.Decide(*user_, operation_.kind->permission, facts);
}

Result<auth::Visibility> Call::See() const {
  return parts_.authorizer.See(*user_, operation_.kind->permission);
}

}  // namespace tarn::s3gw
