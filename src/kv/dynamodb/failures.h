// What DynamoDB answers when it refuses: its names of errors (http/failures.h). Level 3; pure
// functions.
//
// Source: "Error handling with DynamoDB" of the Amazon DynamoDB Developer Guide.
#pragma once

#include <string_view>

#include "base/result.h"
#include "http/failures.h"

namespace tarn::kv::dynamodb {

/// Reads the body of an answer with an error; any text.
http::Failure ReadFailure(int status, std::string_view body);

/// Whether new keys will help.
bool IsOfExpiredKeys(const http::Failure& failure);

/// Whether it says that nothing was done; a server that failed may have done it all the same.
bool IsRefusal(const http::Failure& failure);

/// kPredicateFailed; kNotFound: there is no such table; kAlreadyExists: the table is being made or
/// is there; kSlowDown: throttled, or asked with keys that have just expired; kIo: all else, and if
/// the server failed, of the class Retry::kLater.
Status ToStatus(const http::Failure& failure, std::string_view operation, std::string_view table);

}  // namespace tarn::kv::dynamodb
