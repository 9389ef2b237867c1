#include "codec/varint.h"

namespace tarn {

const char* ParseLongVarint(const char* from, const char* end, uint64_t* value) {
  uint64_t result = 0;
  for (unsigned shift = 0; from < end && shift < 64; shift += 7) {
    const uint64_t byte = static_cast<unsigned char>(*from++);
    if (shift == 63 && byte > 1) return nullptr;
    result |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = result;
      return from;
    }
  }
  return nullptr;
}

}  // namespace tarn
