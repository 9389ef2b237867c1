#include "http/answer_head.h"

#include <time.h>

#include <charconv>

namespace tarn::http {
namespace {

struct Reason {
  int status;
  std::string_view phrase;
};

constexpr Reason kReasons[] = {
    {100, "Continue"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Request Entity Too Large"},
    {414, "Request URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Requested Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {420, "Enhance Your Calm"},
    {422, "Unprocessable Entity"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {499, "Client Closed Request"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
};

void AppendNumber(std::string* out, int64_t value) {
  char text[24];
  out->append(text, static_cast<size_t>(std::to_chars(text, text + sizeof text, value).ptr - text));
}

/// "Date: Tue, 15 Nov 1994 08:12:31 GMT\r\n", made once per second and thread.
std::string_view DateLine() {
  thread_local time_t second = -1;
  thread_local char line[48];
  thread_local size_t length = 0;
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != second) {
    second = now.tv_sec;
    tm parts{};
    gmtime_r(&second, &parts);
    // The C locale's names: nothing in the program changes the locale.
    length = strftime(line, sizeof line, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
  }
  return {line, length};
}

}  // namespace

std::string_view ReasonPhrase(int status) {
  for (const Reason& reason : kReasons) {
    if (reason.status == status) return reason.phrase;
  }
  return "";
}

Response TextAnswer(int status, std::string_view text) {
  std::string body = std::to_string(status);
  body.append(" ").append(ReasonPhrase(status));
  if (!text.empty()) body.append(": ").append(text);
  Response response;
  response.status = status;
  response.Add("Content-Type", "text/plain; charset=utf-8");
  response.body = std::move(body);
  return response;
}

Response BusyAnswer() {
  Response response = TextAnswer(503, "the server is busy, try again later");
  response.Add("Retry-After", "1");
  return response;
}

void AppendAnswerHead(std::string* out, int status, std::string_view headers,
                      const AnswerFraming& framing) {
  if (status == 200) {
    out->append("HTTP/1.1 200 OK\r\n");
  } else {
    out->append("HTTP/1.1 ");
    AppendNumber(out, status);
    out->append(" ").append(ReasonPhrase(status)).append("\r\n");
  }
  out->append(headers);
  if (!framing.has_date) out->append(DateLine());
  if (framing.length) {
    out->append("Content-Length: ");
    AppendNumber(out, *framing.length);
    out->append("\r\n");
  }
  if (framing.chunked) out->append("Transfer-Encoding: chunked\r\n");
  if (framing.close) {
    out->append("Connection: close\r\n");
  } else if (framing.announce_keep_alive) {
    out->append("Connection: keep-alive\r\n");
  }
  out->append("\r\n");
}

}  // namespace tarn::http
