// Answers in the forms of the contract. Level 8; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "serving/json_answer.h"

namespace tarn::rest {

using serving::EmptyAnswer;
using serving::JsonAnswer;
using serving::JsonBuilder;
using serving::MessageAnswer;

/// What the error table says about `status`.
http::Response ErrorAnswer(const Status& status);
/// text/plain with a line break added, as the reference's plain errors are.
http::Response PlainAnswer(int status, std::string_view text);

}  // namespace tarn::rest
