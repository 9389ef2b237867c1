#include "codec/uncompress.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

#include "codec/snappy.h"

namespace tarn {
namespace {

// Each writes to all of `out`, and is false if that is not what the bytes hold.

bool Copy(std::string_view packed, std::string* out) {
  if (packed.size() != out->size()) return false;
  std::copy(packed.begin(), packed.end(), out->begin());
  return true;
}

bool FromSnappy(std::string_view packed, std::string* out) {
  return SnappyUncompressedLength(packed) == out->size() && SnappyUncompress(packed, out->data());
}

bool FromGzip(std::string_view packed, std::string* out) {
  constexpr int kWindowBits = 15 + 32;  // 32: the header says whether it is gzip or zlib.
  z_stream stream = {};
  if (inflateInit2(&stream, kWindowBits) != Z_OK) return false;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out->data());
  stream.avail_out = static_cast<uInt>(out->size());
  const bool is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
  const bool is_full = stream.avail_out == 0;
  inflateEnd(&stream);
  return is_whole && is_full;
}

bool FromZstd(std::string_view packed, std::string* out) {
  return ZSTD_decompress(out->data(), out->size(), packed.data(), packed.size()) == out->size();
}

struct Method {
  Compression compression;
  bool (*uncompress)(std::string_view packed, std::string* out);
};
constexpr Method kMethods[] = {
    {Compression::kNone, Copy},
    {Compression::kSnappy, FromSnappy},
    {Compression::kGzip, FromGzip},
    {Compression::kZstd, FromZstd},
};

}  // namespace

Result<std::string> Uncompress(Compression compression, std::string_view packed, size_t size) {
  for (const Method& method : kMethods) {
    if (method.compression != compression) continue;
    std::string out(size, '\0');
    if (method.uncompress(packed, &out)) return out;
    return Status(Code::kCorrupt, "compressed bytes are malformed");
  }
  return Status(Code::kUnsupported, "compression " + std::to_string(static_cast<int>(compression)));
}

}  // namespace tarn
