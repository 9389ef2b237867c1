// Any bytes as what a connection receives: heads, and chunked bodies behind them. However they are
// cut, the same must be found in them; and of a head that is taken, no other reader could make
// another request.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "http/chunk_decoder.h"
#include "http/head_parser.h"

namespace tarn::http {
namespace {

constexpr int kHeadersMax = 50;

/// Scans as a connection does, some bytes more each time.
HeadScanner::Outcome ScanInPieces(std::string_view bytes, size_t piece, HeadScanner* scanner) {
  HeadScanner::Outcome outcome = scanner->Scan({});
  for (size_t seen = 0; outcome == HeadScanner::Outcome::kMore && seen < bytes.size();) {
    seen = std::min(seen + piece, bytes.size());
    outcome = scanner->Scan(bytes.substr(0, seen));
  }
  return outcome;
}

/// What must be true of a head that was taken.
void CheckHead(std::string_view bytes, const ParsedHead& parsed) {
  const RequestHead& head = parsed.head;
  const auto is_control = [](char c) { return static_cast<uint8_t>(c) < 0x20 || c == 0x7f; };
  TARN_CHECK(!head.method.empty() && head.method.find_first_of(" \t\r\n:") == std::string::npos);
  TARN_CHECK(head.path.starts_with('/') || head.path == "*");
  TARN_CHECK(std::none_of(head.target.begin(), head.target.end(), is_control));
  TARN_CHECK(!(head.chunked && head.content_length.has_value()));
  TARN_CHECK(head.content_length.value_or(0) >= 0);
  TARN_CHECK(head.headers.size() <= static_cast<size_t>(kHeadersMax) + 1);
  int hosts = 0;
  int lengths = 0;
  int codings = 0;
  for (const auto& [name, value] : head.headers) {
    TARN_CHECK(!name.empty() && name.find_first_of(" \t\r\n:") == std::string::npos);
    TARN_CHECK(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    hosts += EqualsIgnoreCase(name, "host") ? 1 : 0;
    lengths += EqualsIgnoreCase(name, "content-length") ? 1 : 0;
    codings += EqualsIgnoreCase(name, "transfer-encoding") ? 1 : 0;
  }
  TARN_CHECK(hosts <= 1 && codings <= 1 && (hosts == 1 || parsed.http_1_0));
  TARN_CHECK(head.content_length.has_value() == (lengths > 0) && head.chunked == (codings > 0));
  // Each line ends with both characters, and none goes on in the next.
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\n') TARN_CHECK(i > 0 && bytes[i - 1] == '\r');
    if (bytes[i] == '\r') TARN_CHECK(i + 1 < bytes.size() && bytes[i + 1] == '\n');
  }
  TARN_CHECK(bytes.find("\n ") == std::string::npos && bytes.find("\n\t") == std::string::npos);
}

struct Body {
  std::string text;
  size_t consumed = 0;
  bool done = false, bad = false;
  bool operator==(const Body&) const = default;
};

Body Decode(std::string_view bytes, size_t piece) {
  ChunkDecoder decoder;
  Body body;
  while (!bytes.empty() && !decoder.done() && !decoder.bad()) {
    std::string part(bytes.substr(0, piece));  // decoded in place
    const ChunkDecoder::Step step = decoder.Decode(part.data(), part.size(), part.data());
    TARN_CHECK(step.produced <= step.consumed && step.consumed <= part.size());
    TARN_CHECK(step.consumed == part.size() || decoder.done() || decoder.bad());
    body.text.append(part, 0, step.produced);
    body.consumed += step.consumed;
    bytes.remove_prefix(part.size());
  }
  body.done = decoder.done();
  body.bad = decoder.bad();
  return body;
}

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  const size_t piece = 1 + static_cast<uint8_t>(bytes[0]) % 32;
  bytes.remove_prefix(1);
  for (bool more = true; more;) {
    HeadScanner whole;
    HeadScanner pieces;
    const auto outcome = whole.Scan(bytes);
    TARN_CHECK(outcome == ScanInPieces(bytes, piece, &pieces));
    if (outcome != HeadScanner::Outcome::kFound) return;
    TARN_CHECK(whole.begin() == pieces.begin() && whole.end() == pieces.end());
    ParsedHead parsed;
    const std::string_view head = bytes.substr(whole.begin(), whole.end() - whole.begin());
    if (ParseHead(head, kHeadersMax, &parsed)) return;
    CheckHead(head, parsed);
    bytes.remove_prefix(whole.end());
    const auto length = static_cast<uint64_t>(parsed.head.content_length.value_or(0));
    size_t taken = std::min<uint64_t>(length, bytes.size());
    if (parsed.head.chunked) {
      const Body body = Decode(bytes, bytes.size() + 1);
      TARN_CHECK(body == Decode(bytes, piece));
      if (!body.done) return;
      taken = body.consumed;
    }
    bytes.remove_prefix(taken);
  }
}

}  // namespace
}  // namespace tarn::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::http::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
