#include "codec/crc64nvme.h"

#include <array>
#include <cstddef>

#include "codec/fixed.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#include <wmmintrin.h>
#endif

namespace tarn {
namespace {

constexpr uint64_t kPolynomialReflected = 0x9a6c9329ac4bc9b5;
constexpr size_t kSlices = 8;

/// kTables[n][byte]: the checksum state of `byte` followed by n zero bytes.
constexpr std::array<std::array<uint64_t, 256>, kSlices> MakeTables() {
  std::array<std::array<uint64_t, 256>, kSlices> tables{};
  for (uint64_t i = 0; i < 256; ++i) {
    uint64_t crc = i;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomialReflected : 0);
    }
    tables[0][i] = crc;
  }
  for (size_t slice = 1; slice < kSlices; ++slice) {
    for (size_t i = 0; i < 256; ++i) {
      const uint64_t before = tables[slice - 1][i];
      tables[slice][i] = tables[0][before & 0xff] ^ (before >> 8);
    }
  }
  return tables;
}
constexpr auto kTables = MakeTables();

/// Eight bytes per step ("slicing by 8"): each byte's table knows how far from the end it is.
uint64_t ExtendState(uint64_t state, std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    const uint64_t word = state ^ LoadLe<uint64_t>(at);
    state = kTables[7][word & 0xff] ^ kTables[6][(word >> 8) & 0xff] ^
            kTables[5][(word >> 16) & 0xff] ^ kTables[4][(word >> 24) & 0xff] ^
            kTables[3][(word >> 32) & 0xff] ^ kTables[2][(word >> 40) & 0xff] ^
            kTables[1][(word >> 48) & 0xff] ^ kTables[0][word >> 56];
  }
  for (; left > 0; --left, ++at) {
    state = kTables[0][(state ^ static_cast<unsigned char>(*at)) & 0xff] ^ (state >> 8);
  }
  return state;
}

#if defined(__x86_64__)

/// x^n modulo the polynomial, bits reflected (bit 63 is x^0).
constexpr uint64_t PowerOfX(int n) {
  uint64_t power = uint64_t{1} << 63;
  for (int i = 0; i < n; ++i) power = (power >> 1) ^ ((power & 1) != 0 ? kPolynomialReflected : 0);
  return power;
}

constexpr size_t kLaneBytes = 16;
constexpr size_t kLanes = 4;
constexpr size_t kFoldBytesMin = 2 * kLanes * kLaneBytes;

/// Moves the 128 bits of `lane` `kBits` further from the end. The product of two reflected numbers
/// comes out one bit short, hence the minus ones.
template <int kBits>
__attribute__((target("pclmul,sse2"))) inline __m128i Fold(__m128i lane) {
  constexpr uint64_t kLow = PowerOfX(kBits + 64 - 1);
  constexpr uint64_t kHigh = PowerOfX(kBits - 1);
  const __m128i powers = _mm_set_epi64x(static_cast<int64_t>(kHigh), static_cast<int64_t>(kLow));
  return _mm_xor_si128(_mm_clmulepi64_si128(lane, powers, 0x00),
                       _mm_clmulepi64_si128(lane, powers, 0x11));
}

/// Folds all whole lanes of `bytes` into one, whose checksum is then that of all (Gopal et al.,
/// "Fast CRC Computation Using PCLMULQDQ Instruction"). REQUIRES kFoldBytesMin bytes.
__attribute__((target("pclmul,sse2"))) uint64_t ExtendByFolding(uint64_t state,
                                                                std::string_view bytes) {
  const char* at = bytes.data();
  size_t left = bytes.size();
  const auto load = [](const char* from) __attribute__((target("pclmul,sse2"))) {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
  };
  __m128i lanes[kLanes];
  for (size_t i = 0; i < kLanes; ++i) lanes[i] = load(at + i * kLaneBytes);
  lanes[0] = _mm_xor_si128(lanes[0], _mm_set_epi64x(0, static_cast<int64_t>(state)));
  at += kLanes * kLaneBytes;
  left -= kLanes * kLaneBytes;
  for (; left >= kLanes * kLaneBytes; left -= kLanes * kLaneBytes, at += kLanes * kLaneBytes) {
    for (size_t i = 0; i < kLanes; ++i) {
      lanes[i] = _mm_xor_si128(Fold<512>(lanes[i]), load(at + i * kLaneBytes));
    }
  }
  __m128i sum = lanes[0];
  for (size_t i = 1; i < kLanes; ++i) sum = _mm_xor_si128(Fold<128>(sum), lanes[i]);
  for (; left >= kLaneBytes; left -= kLaneBytes, at += kLaneBytes) {
    sum = _mm_xor_si128(Fold<128>(sum), load(at));
  }
  char last[kLaneBytes];
  _mm_storeu_si128(reinterpret_cast<__m128i*>(last), sum);
  return ExtendState(ExtendState(0, {last, kLaneBytes}), {at, left});
}

#endif

}  // namespace

namespace internal {

uint64_t ExtendCrc64NvmePortable(uint64_t crc, std::string_view bytes) {
  return ~ExtendState(~crc, bytes);
}

}  // namespace internal

uint64_t ExtendCrc64Nvme(uint64_t crc, std::string_view bytes) {
#if defined(__x86_64__)
  static const bool has_pclmul = __builtin_cpu_supports("pclmul") != 0;
  if (has_pclmul && bytes.size() >= kFoldBytesMin) return ~ExtendByFolding(~crc, bytes);
#endif
  return internal::ExtendCrc64NvmePortable(crc, bytes);
}

}  // namespace tarn
