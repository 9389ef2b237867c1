// How somebody is told not to be let in. Level 7; pure functions.
#pragma once

#include "base/result.h"

namespace tarn::auth {

/// The same for a wrong password, an unknown name and a claim that does not fit.
inline Status NotAuthenticated() {
  return {Code::kUnauthenticated, "error authenticating request"};
}

/// Whether a failure is about who asks; any other is an outage, which must not look like one.
constexpr bool IsRefusal(Code code) {
  switch (code) {
    case Code::kUnauthenticated:
    case Code::kInsufficientPermissions:
    case Code::kInvalidValue:
    case Code::kInvalidRequest:
    case Code::kNotFound:
    case Code::kUserNotFound:
    case Code::kForbidden:
    case Code::kConflict:
    case Code::kAlreadyExists:
    case Code::kNotImplemented:
    case Code::kTooLarge:
      return true;
    default:
      return false;
  }
}

}  // namespace tarn::auth
