// Whether a request asks for more than its operation does (elements.h). Level 8; a pure function.
#pragma once

#include <optional>

#include "codec/url.h"
#include "http/message.h"
#include "s3gw/errors.h"
#include "s3gw/operations/operation.h"

namespace tarn::s3gw {

/// Why a request asks more of an operation than it does, or nothing. `pass_sub_resources` leaves
/// parameters out of the look.
std::optional<Failure> FindRefusal(const Operation& operation, const http::RequestHead& head,
                                   const Query& query, bool pass_sub_resources);

}  // namespace tarn::s3gw
