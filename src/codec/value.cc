#include "codec/value.h"

#include "codec/varint.h"

namespace tarn {
namespace {

Status BadBytes() { return Status(Code::kCorrupt, "bad bytes format for graveler.Value"); }

/// Takes one length-prefixed part off the front of `in`.
bool ConsumePart(std::string_view* in, std::string_view* part) {
  uint64_t encoded = 0;
  if (!ConsumeVarint(in, &encoded)) return false;
  const int64_t length = UnZigZag(encoded);
  if (length < 0 || static_cast<uint64_t>(length) > in->size() ||
      static_cast<uint64_t>(length) > kValuePartBytesMax) {
    return false;
  }
  *part = in->substr(0, static_cast<size_t>(length));
  in->remove_prefix(static_cast<size_t>(length));
  return true;
}

}  // namespace

Status AppendTableValue(std::string* out, ValueView value) {
  if (value.identity.size() > kValuePartBytesMax || value.data.size() > kValuePartBytesMax) {
    return Status(Code::kTooLarge, "too long");
  }
  AppendVarint(out, ZigZag(static_cast<int64_t>(value.identity.size())));
  out->append(value.identity);
  AppendVarint(out, ZigZag(static_cast<int64_t>(value.data.size())));
  out->append(value.data);
  return Status();
}

Result<ValueView> ParseTableValue(std::string_view bytes) {
  ValueView value;
  if (!ConsumePart(&bytes, &value.identity) || !ConsumePart(&bytes, &value.data)) {
    return BadBytes();
  }
  return value;
}

}  // namespace tarn
