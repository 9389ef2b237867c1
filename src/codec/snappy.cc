#include "codec/snappy.h"

#include <snappy.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "base/check.h"
#include "codec/fixed.h"
#include "codec/varint.h"

namespace tarn {
namespace {

constexpr size_t kPieceBytes = 65536;      // The input is cut into pieces of this length.
constexpr size_t kMatchablePieceMin = 17;  // Shorter pieces become one literal.
constexpr size_t kInputMargin = 15;        // No search begins in the last bytes of a piece.
constexpr uint32_t kTableEntriesMin = 256;
constexpr uint32_t kTableEntriesMax = 16384;

char* EmitLiteral(char* to, const char* from, size_t length) {
  const size_t n = length - 1;
  if (n < 60) {
    *to++ = static_cast<char>(n << 2);
  } else if (n < 256) {
    *to++ = static_cast<char>(0xf0);
    *to++ = static_cast<char>(n);
  } else {
    *to++ = static_cast<char>(0xf4);
    StoreLe(to, static_cast<uint16_t>(n));
    to += 2;
  }
  std::memcpy(to, from, length);
  return to + length;
}

char* EmitLongCopy(char* to, size_t offset, size_t length) {
  *to++ = static_cast<char>(((length - 1) << 2) | 2);
  StoreLe(to, static_cast<uint16_t>(offset));
  return to + 2;
}

char* EmitCopy(char* to, size_t offset, size_t length) {
  while (length >= 68) {
    to = EmitLongCopy(to, offset, 64);
    length -= 64;
  }
  if (length > 64) {  // Leaves at least four bytes, which the short form needs.
    to = EmitLongCopy(to, offset, 60);
    length -= 60;
  }
  if (length >= 12 || offset >= 2048) return EmitLongCopy(to, offset, length);
  *to++ = static_cast<char>(((offset >> 8) << 5) | ((length - 4) << 2) | 1);
  *to++ = static_cast<char>(offset);
  return to;
}

/// Compresses pieces; holds the hash table of the current one.
class PieceEncoder {
 public:
  PieceEncoder(const char* piece, size_t length)
      : piece_(piece), length_(length), limit_(length - kInputMargin) {
    uint32_t entries = kTableEntriesMin;
    while (entries < kTableEntriesMax && entries < length) entries *= 2;
    shift_ = 32 - std::countr_zero(entries);
    std::fill_n(table_.begin(), entries, uint16_t{0});
  }

  char* Encode(char* to) {
    size_t unemitted = 0;  // Start of the bytes that no element covers yet.
    size_t at = 1;
    uint32_t hash = HashAt(at);
    for (;;) {
      size_t candidate = 0;
      if (!FindMatch(&at, &hash, &candidate)) break;
      to = EmitLiteral(to, piece_ + unemitted, at - unemitted);
      to = EmitMatches(to, &at, candidate);
      unemitted = at;
      if (at >= limit_) break;
      hash = HashAt(++at);
    }
    if (unemitted < length_) to = EmitLiteral(to, piece_ + unemitted, length_ - unemitted);
    return to;
  }

 private:
  uint32_t Load32(size_t at) const { return LoadLe<uint32_t>(piece_ + at); }
  uint32_t Hash(uint32_t value) const { return (value * 0x1e35a7bdU) >> shift_; }
  uint32_t HashAt(size_t at) const { return Hash(Load32(at)); }

  /// Moves `at` to the next position whose four bytes occurred before, at `candidate`. Steps grow
  /// as matches stay away, so incompressible bytes are passed quickly.
  bool FindMatch(size_t* at, uint32_t* hash, size_t* candidate) {
    size_t skip = 32;
    size_t next = *at;
    do {
      *at = next;
      const size_t step = skip >> 5;
      next = *at + step;
      skip += step;
      if (next > limit_) return false;
      *candidate = table_[*hash];
      table_[*hash] = static_cast<uint16_t>(*at);
      *hash = HashAt(next);
    } while (Load32(*at) != Load32(*candidate));
    return true;
  }

  /// Emits the match at `at` and those that follow it without a gap; leaves `at` after the last.
  char* EmitMatches(char* to, size_t* at, size_t candidate) {
    for (;;) {
      const size_t base = *at;
      *at = MatchEnd(candidate + 4, base + 4);
      to = EmitCopy(to, base - candidate, *at - base);
      if (*at >= limit_) return to;
      const uint64_t around = LoadLe<uint64_t>(piece_ + *at - 1);
      table_[Hash(static_cast<uint32_t>(around))] = static_cast<uint16_t>(*at - 1);
      const auto current = static_cast<uint32_t>(around >> 8);
      uint16_t& slot = table_[Hash(current)];
      candidate = slot;
      slot = static_cast<uint16_t>(*at);
      if (current != Load32(candidate)) return to;
    }
  }

  size_t MatchEnd(size_t candidate, size_t at) const {
    while (at + 8 <= length_) {
      const uint64_t difference =
          LoadLe<uint64_t>(piece_ + candidate) ^ LoadLe<uint64_t>(piece_ + at);
      if (difference != 0) return at + static_cast<size_t>(std::countr_zero(difference)) / 8;
      candidate += 8;
      at += 8;
    }
    while (at < length_ && piece_[candidate] == piece_[at]) ++candidate, ++at;
    return at;
  }

  const char* piece_;
  size_t length_;
  size_t limit_;
  int shift_;
  std::array<uint16_t, kTableEntriesMax> table_;
};

}  // namespace

char* SnappyCompress(std::string_view input, char* to) {
  TARN_CHECK(input.size() <= UINT32_MAX);
  to = WriteVarint(to, input.size());
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, kPieceBytes);
    input.remove_prefix(piece.size());
    to = piece.size() < kMatchablePieceMin ? EmitLiteral(to, piece.data(), piece.size())
                                           : PieceEncoder(piece.data(), piece.size()).Encode(to);
  }
  return to;
}

std::optional<size_t> SnappyUncompressedLength(std::string_view compressed) {
  size_t length = 0;
  if (!snappy::GetUncompressedLength(compressed.data(), compressed.size(), &length)) {
    return std::nullopt;
  }
  return length;
}

bool SnappyUncompress(std::string_view compressed, char* to) {
  return snappy::RawUncompress(compressed.data(), compressed.size(), to);
}

}  // namespace tarn
