// What the Blob service answers when it refuses: its names of errors (http/failures.h).
// Level 3; pure functions.
//
// Source: "Blob Storage error codes" and "Common REST API error codes" of the Azure Storage REST
// reference.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/failures.h"

namespace tarn::block::azure {

using http::Failure;

/// `code`: of the header x-ms-error-code, which answers without a body have too. Any text; of the
/// message the first line counts.
Failure ReadFailure(int status, std::string_view code, std::string_view body);

/// As http::ToStatus; kNotFound: blocks of the list are not there.
Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object);

}  // namespace tarn::block::azure
