// Writes the head of an answer: status line, the protocol's headers, date, framing. Level 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::http {

/// How the end of an answer's body shows.
struct AnswerFraming {
  std::optional<int64_t> length;  ///< Announced as Content-Length.
  bool chunked = false;
  bool close = false;                ///< Announce that the connection ends.
  bool announce_keep_alive = false;  ///< HTTP/1.0 clients want to be told.
  bool has_date = false;             ///< The headers have a Date already.
};

/// "Not Found"; empty for numbers without a name.
std::string_view ReasonPhrase(int status);

/// True if answers of that status never have a body.
constexpr bool IsBodiless(int status) { return status < 200 || status == 204 || status == 304; }

/// The server's own answers: "<status> <reason>[: <text>]" as plain text.
Response TextAnswer(int status, std::string_view text);

/// 503: a queue of the server is full.
Response BusyAnswer();

/// Appends everything up to the empty line. `headers` are complete lines.
void AppendAnswerHead(std::string* out, int status, std::string_view headers,
                      const AnswerFraming& framing);

}  // namespace tarn::http
