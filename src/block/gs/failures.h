// What Google Cloud Storage answers when it refuses: its names of errors
// (http/failures.h). Its JSON interface answers with JSON, the XML one with XML, uploads
// also with plain text. Level 3; pure functions.
//
// Source: "HTTP status and error codes" for JSON and for XML of the Cloud Storage reference.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/failures.h"

namespace tarn::block::gs {

using http::Failure;

/// Reads the body of an answer with an error; any text.
Failure ReadFailure(int status, std::string_view body);

/// As http::ToStatus; kInvalidValue: the object is not encrypted with the key that was sent.
Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object);

}  // namespace tarn::block::gs
