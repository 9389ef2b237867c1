// What S3 answers when it refuses: its names of errors (http/failures.h). Level 3; pure
// functions.
//
// Source: "Error responses" of the S3 API reference.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/failures.h"

namespace tarn::block::s3 {

/// Names of errors that callers tell apart.
inline constexpr std::string_view kNoSuchUpload = "NoSuchUpload";

using http::Failure;

/// Reads the body of an answer with an error; any text.
Failure ReadFailure(int status, std::string_view body);

/// Whether new keys will help.
bool IsOfExpiredKeys(const Failure& failure);

/// As http::ToStatus; kNotFound: no such upload.
Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object);

}  // namespace tarn::block::s3
