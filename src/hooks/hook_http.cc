#include "hooks/hook_http.h"

#include <algorithm>
#include <array>
#include <map>

#include "codec/base64.h"
#include "codec/go_duration.h"
#include "codec/utf8.h"
#include "fmt/format.h"
#include "http/message.h"

namespace tarn::hooks {
namespace {

constexpr int64_t kTimeoutMs = 60'000, kTimeoutMsMax = 3'600'000;
constexpr int kRequestsMax = 10;

bool IsHeaderName(std::string_view name) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

bool IsHeaderValue(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return c == '\t' || (byte >= 0x20 && byte != 0x7f);
  });
}

std::string_view TrimBlanks(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Those that say how the message is framed, and to whom it goes, are not the user's.
bool IsOwn(std::string_view name) {
  constexpr std::array<std::string_view, 4> kOwn = {"Host", "Content-Length", "Transfer-Encoding",
                                                    "Trailer"};
  return std::any_of(kOwn.begin(), kOwn.end(),
                     [&](std::string_view own) { return http::EqualsIgnoreCase(own, name); });
}

Status CheckRequest(const HookRequest& request) {
  const auto refuse = [](std::string text) { return Status(Code::kIo, std::move(text)); };
  if (request.url.scheme != "http" && request.url.scheme != "https") {
    return refuse("unsupported protocol scheme " + Quote(request.url.scheme));
  }
  if (request.url.host.empty()) return refuse("http: no Host in request URL");
  for (const auto& [name, value] : request.headers) {
    if (!IsHeaderName(name)) return refuse("net/http: invalid header field name " + Quote(name));
    if (!IsHeaderValue(value)) {
      return refuse("net/http: invalid header field value for " + Quote(name));
    }
  }
  return {};
}

http::GuardedRequest ToGuarded(const HookRequest& request) {
  http::GuardedRequest guarded;
  guarded.method = request.method;
  guarded.url = request.url.ToSend();
  guarded.body = request.body;
  guarded.has_body = request.method == "POST";
  bool has_authorization = false;
  for (const auto& [name, value] : request.headers) {
    if (IsOwn(name)) continue;
    has_authorization = has_authorization || http::EqualsIgnoreCase(name, "Authorization");
    guarded.headers.emplace_back(name, TrimBlanks(value));
  }
  if (const auto credentials = request.url.Credentials(); credentials && !has_authorization) {
    guarded.headers.emplace_back("Authorization", "Basic " + EncodeBase64(*credentials));
  }
  return guarded;
}

bool IsRedirect(int status) {
  constexpr std::array<int, 5> kRedirects = {301, 302, 303, 307, 308};
  return std::find(kRedirects.begin(), kRedirects.end(), status) != kRedirects.end();
}

/// "content-type" -> "Content-Type"
std::string CanonicalName(std::string_view name) {
  std::string text(name);
  bool is_first = true;
  for (char& c : text) {
    if (is_first && c >= 'a' && c <= 'z') c = static_cast<char>(c ^ 0x20);
    if (!is_first && c >= 'A' && c <= 'Z') c = static_cast<char>(c ^ 0x20);
    is_first = c == '-';
  }
  return text;
}

std::string ShowAnswer(const http::GuardedAnswer& answer) {
  const bool was_packed = answer.Get("Content-Encoding") == "gzip";
  std::string framing;
  std::multimap<std::string, std::string> others;
  for (const auto& [name, value] : answer.headers) {
    std::string shown = CanonicalName(name);
    if (was_packed && (shown == "Content-Encoding" || shown == "Content-Length")) continue;
    if (shown == "Content-Length" || shown == "Transfer-Encoding") {
      framing += shown + ": " + value + "\r\n";
    } else {
      others.emplace(std::move(shown), value);
    }
  }
  // Answers that have no body say so in the reference's outputs.
  const bool is_empty = answer.status == 204 || answer.status == 304;
  if (framing.empty() && is_empty) framing = "Content-Length: 0\r\n";
  std::string text = answer.status_line + "\r\n" + framing;
  for (const auto& [name, value] : others) text += name + ": " + value + "\r\n";
  text += "\r\n" + answer.body;
  if (answer.is_cut) text += "\n[the rest of the answer was not read]\n";
  return text;
}

class Exchange {
 public:
  Exchange(const HookServices& services, HookRequest request,
           const std::function<bool()>& is_cancelled)
      : services_(services), request_(std::move(request)), is_cancelled_(is_cancelled) {}

  Result<http::GuardedAnswer> Run() {
    TARN_TRY(CheckRequest(request_));
    const int64_t end_ms = services_.clock->MonotonicMs() + request_.timeout_ms;
    for (int requests = 1;; ++requests) {
      http::GuardedRequest guarded = ToGuarded(request_);
      guarded.is_cancelled = is_cancelled_;
      // What is left for all of them together; a call without any time fails at once.
      guarded.timeout_ms = std::max<int64_t>(1, end_ms - services_.clock->MonotonicMs());
      TARN_TRY_ASSIGN(http::GuardedAnswer answer, services_.client->Do(guarded));
      if (!IsRedirect(answer.status)) return answer;
      const std::string_view location = answer.Get("Location");
      if (location.empty() && answer.status >= 307) return answer;
      if (location.empty()) {
        return Status(Code::kIo, fmt::format("{} response missing Location header", answer.status));
      }
      if (requests == kRequestsMax) return Status(Code::kIo, "stopped after 10 redirects");
      TARN_TRY(Follow(answer.status, location));
    }
  }

  /// `Post "<url>": `
  std::string Prefix() const {
    return fmt::format("{} {}: ", request_.method == "POST" ? "Post" : "Get",
                       Quote(request_.url.ToShow()));
  }

 private:
  Status Follow(int status, std::string_view location) {
    auto next = FollowLocation(request_.url, location);
    if (!next.ok()) {
      return {Code::kIo, fmt::format("failed to parse Location header {}: {}", Quote(location),
                                     next.status().message())};
    }
    // The reference goes wherever it is sent to, with the headers that the user configured.
    if (!next->IsSameServer(request_.url)) {
      return {Code::kForbidden, "redirect to another server is not followed: " + next->ToShow()};
    }
    next->user_info = request_.url.user_info;
    request_.url = *std::move(next);
    if (status < 307 && request_.method == "POST") {
      request_.method = "GET";
      request_.body.clear();
    }
    return {};
  }

  const HookServices& services_;
  HookRequest request_;
  const std::function<bool()>& is_cancelled_;
};

}  // namespace

Result<http::GuardedAnswer> SendHookRequest(const HookServices& services, HookRequest request,
                                            HookOutput& output,
                                            const std::function<bool()>& is_cancelled) {
  const int64_t start_us = services.clock->MonotonicUs();
  Exchange exchange(services, std::move(request), is_cancelled);
  auto answer = exchange.Run();
  const std::chrono::microseconds taken(services.clock->MonotonicUs() - start_us);
  output.Append("\nRequest duration: " + FormatGoDuration(taken) + "\n");
  if (!answer.ok()) return std::move(answer).status().Prefixed(exchange.Prefix());
  output.Append("\nResponse:\n" + ShowAnswer(*answer));
  if (!answer->broken.ok()) {
    return Status(answer->broken).Prefixed(exchange.Prefix());
  }
  return answer;
}

Result<int64_t> ReadTimeoutMs(const Json& properties, std::string_view prefix) {
  const auto text = properties.StringAt("timeout");
  if (!text || text->empty()) return kTimeoutMs;
  const auto timeout = ParseGoDuration(*text);
  if (!timeout.ok()) return timeout.status().Prefixed(prefix);
  if (timeout->count() < 0) {
    return Status(Code::kInternal, fmt::format("{}negative duration {}", prefix, Quote(*text)));
  }
  const int64_t ms = timeout->count() / 1'000'000;
  if (timeout->count() == 0) return kTimeoutMsMax;
  return std::clamp<int64_t>(ms, 1, kTimeoutMsMax);
}

}  // namespace tarn::hooks
