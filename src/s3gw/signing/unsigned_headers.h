// The headers that a signature must cover, whatever else it covers: Host and all of S3, for each of
// them changes what a request does. Level 8; pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "http/message.h"
#include "s3gw/errors.h"

namespace tarn::s3gw {

/// kHeadersNotSigned with the headers of `head` that must be among `signed_names` and are not;
/// nothing if there are none. Names are joined by ';'.
std::optional<Failure> CheckAllSigned(const http::RequestHead& head, std::string_view signed_names);

}  // namespace tarn::s3gw
