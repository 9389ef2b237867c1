// What the Blob service answers when it refuses, as our codes and whether asking again can help:
// one table. Level 3; pure functions.
//
// Source: "Blob Storage error codes" and "Common REST API error codes" of the Azure Storage REST
// reference.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::block::azure {

struct Failure {
  int status = 0;       ///< Of HTTP.
  std::string code;     ///< Name of the error; empty where the answer has none.
  std::string message;  ///< First line of the store's words.
};

/// `code`: of the header x-ms-error-code, which answers without a body have too. Any text.
Failure ReadFailure(int status, std::string_view code, std::string_view body);

/// kSlowDown: asking again can help; kDataNotFound ("not found"); kNotFound: blocks of the list are
/// not there; kPreconditionFailed; kRangeUnsatisfiable; kUnsupported: the store cannot do it; kIo:
/// all else, with what was asked for and the store's words.
Status ToStatus(const Failure& failure, std::string_view operation, std::string_view object);

}  // namespace tarn::block::azure
