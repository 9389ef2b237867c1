// What S3 answers when it refuses, as our codes and whether asking again can help: one table.
// Level 3; pure functions.
//
// Source: "Error responses" of the S3 API reference.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::block::s3 {

/// Names of errors that callers tell apart.
inline constexpr std::string_view kNoSuchUpload = "NoSuchUpload";

struct Failure {
  int status = 0;       ///< Of HTTP.
  std::string code;     ///< Name of the error; empty where the answer has none.
  std::string message;  ///< Of the store.
};

/// Reads the body of an answer with an error; any text.
Failure ReadFailure(int status, std::string_view body);

/// Whether new keys will help.
bool IsOfExpiredKeys(const Failure& failure);

/// kSlowDown: asking again can help; kDataNotFound ("not found"); kNotFound: no such upload;
/// kPreconditionFailed; kRangeUnsatisfiable; kUnsupported: the store cannot do it; kIo: all else,
/// with what was asked for and the store's words.
Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object);

}  // namespace tarn::block::s3
