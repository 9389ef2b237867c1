// What Google Cloud Storage answers when it refuses, as our codes and whether asking again can
// help: one table. Its JSON interface answers with JSON, the XML one with XML, uploads also with
// plain text. Level 3; pure functions.
//
// Source: "HTTP status and error codes" for JSON and for XML of the Cloud Storage reference.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::block::gs {

struct Failure {
  int status = 0;       ///< Of HTTP.
  std::string reason;   ///< Name of the error; empty where the answer has none.
  std::string message;  ///< Of the store.
};

/// Reads the body of an answer with an error; any text.
Failure ReadFailure(int status, std::string_view body);

/// kSlowDown: asking again can help; kDataNotFound ("not found"); kPreconditionFailed;
/// kRangeUnsatisfiable; kInvalidValue: the object is not encrypted with the key that was sent;
/// kIo: all else, with what was asked for and the store's words.
Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object);

}  // namespace tarn::block::gs
