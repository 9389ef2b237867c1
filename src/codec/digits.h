// Decimal digits of a fixed width. Level 1; pure.
#pragma once

namespace tarn {

/// Writes `count` digits of a number, with leading zeros, so that they end before `end`.
inline void PutDigits(char* end, unsigned value, int count) {
  for (; count > 0; --count, value /= 10) *--end = static_cast<char>('0' + value % 10);
}

}  // namespace tarn
