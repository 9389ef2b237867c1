// Addresses that clients get to write an object to, and send back to have it linked. Level 8.
//
// "<namespace>/data/<partition>/<xid>,<signature>": the signature is an HMAC-SHA-256 over
// repository, branch, path and the address, in the form of the reference; it stays part of the
// object's name. Good for a day. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "rest/call.h"

namespace tarn::rest {

/// A new signed address for the branch and path of the request, relative to the namespace.
std::string NewLinkAddress(const Call& call);

/// The part of `sent` below the namespace, if it is in its "data/". A store that has presigned URLs
/// also knows the address as it is shown to clients.
std::optional<std::string> RelativeLinkAddress(const Call& call, const refs::Repository& repository,
                                               std::string_view sent);

/// Checks signature and age of a relative address. kLinkAddressInvalid, kInvalidAddress,
/// kLinkAddressExpired.
Status CheckLinkAddress(const Call& call, std::string_view address);

}  // namespace tarn::rest
