#include "codec/testing/gunzip.h"

#include <zlib.h>

namespace tarn {
namespace {

constexpr size_t kBytesMax = 1 << 20;
constexpr int kGzipOnly = 15 + 16;  // Of the largest window.

}  // namespace

std::string Gunzip(std::string_view packed) {
  z_stream stream = {};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return "";
  std::string out(kBytesMax, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(whole ? stream.total_out : 0);
  inflateEnd(&stream);
  return out;
}

std::string GunzipFirst(std::string_view bytes) {
  const size_t begin = bytes.find("\x1f\x8b");
  return begin == bytes.npos ? "" : Gunzip(bytes.substr(begin));
}

}  // namespace tarn
