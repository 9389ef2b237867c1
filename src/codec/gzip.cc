#include "codec/gzip.h"

#include <zlib.h>

#include "base/check.h"

namespace tarn {

std::string Gzip(std::string_view bytes) {
  constexpr int kGzipWindowBits = 15 + 16;  // 16: with a gzip header, which says no time
  constexpr int kMemoryLevel = 8;
  z_stream stream = {};
  // Fails only when there is no memory left.
  TARN_CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                          Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  TARN_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace tarn
