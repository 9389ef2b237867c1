// Any bytes as an upload form: its media type up to the first line break, then its body, which the
// first byte cuts into pieces. However it is cut, the same parts must come out.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "rest/media_type.h"
#include "rest/multipart.h"

namespace tarn::rest {
namespace {

struct Part {
  std::string name, content_type, bytes;
  bool ended = false;
  bool operator==(const Part&) const = default;
};

class Recorder : public PartSink {
 public:
  Status OnPart(const PartHead& head) override {
    TARN_CHECK(parts.empty() || parts.back().ended);
    parts.push_back({head.name, head.content_type, "", false});
    return {};
  }
  Status OnBytes(std::span<const char> bytes) override {
    TARN_CHECK(!bytes.empty() && !parts.back().ended);
    parts.back().bytes.append(bytes.data(), bytes.size());
    return {};
  }
  Status OnPartEnd() override {
    TARN_CHECK(!parts.back().ended);
    parts.back().ended = true;
    return {};
  }
  std::vector<Part> parts;
};

struct Outcome {
  std::vector<Part> parts;
  Code code = Code::kOk;
};

Outcome Read(std::string_view boundary, std::string_view body, size_t piece_size) {
  Recorder recorder;
  MultipartReader reader(boundary, recorder);
  Status status;
  while (status.ok() && !body.empty()) {
    const std::string piece(body.substr(0, piece_size));  // of its own, to see stale views
    body.remove_prefix(piece.size());
    status = reader.Take(piece);
  }
  if (status.ok()) status = reader.Finish();
  return {std::move(recorder.parts), status.code()};
}

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  const size_t piece_size = 1 + static_cast<size_t>(static_cast<uint8_t>(bytes[0]));
  bytes.remove_prefix(1);
  const size_t line = std::min(bytes.find('\n'), bytes.size());
  const auto type = ParseMediaType(bytes.substr(0, line));
  if (line == bytes.size() || !type.ok()) return;
  const auto boundary = type->parameters.find("boundary");
  if (boundary == type->parameters.end() || boundary->second.empty()) return;
  const std::string_view body = bytes.substr(line + 1);
  const Outcome whole = Read(boundary->second, body, body.size() + 1);
  const Outcome pieces = Read(boundary->second, body, piece_size);
  TARN_CHECK(whole.code == pieces.code);
  TARN_CHECK(whole.parts.size() <= static_cast<size_t>(kPartsMax));
  size_t total = 0;
  for (const Part& part : whole.parts) total += part.bytes.size();
  TARN_CHECK(total <= body.size());
  // A body that breaks off gives the more of its last part the smaller its pieces are.
  if (whole.code != Code::kOk) return;
  TARN_CHECK(whole.parts == pieces.parts);
  for (const Part& part : whole.parts) TARN_CHECK(part.ended);
}

}  // namespace
}  // namespace tarn::rest

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::rest::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
