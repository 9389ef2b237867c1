#include "base/xid.h"

namespace tarn {
namespace {

constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuv";
constexpr int kXidLength = 20;

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'v') return c - 'a' + 10;
  return -1;
}

}  // namespace

XidGenerator::XidGenerator(Clock& clock, Random& random)
    : clock_(clock), counter_(static_cast<uint32_t>(random.Next64()) & 0xffffff) {
  random.Fill(machine_and_process_);
}

std::string XidGenerator::NewAt(int64_t seconds) {
  const auto time = static_cast<uint32_t>(seconds);
  const uint32_t count = counter_.fetch_add(1, std::memory_order_relaxed);
  std::array<uint8_t, 12> raw = {
      static_cast<uint8_t>(time >> 24), static_cast<uint8_t>(time >> 16),
      static_cast<uint8_t>(time >> 8),  static_cast<uint8_t>(time),
      machine_and_process_[0],          machine_and_process_[1],
      machine_and_process_[2],          machine_and_process_[3],
      machine_and_process_[4],          static_cast<uint8_t>(count >> 16),
      static_cast<uint8_t>(count >> 8), static_cast<uint8_t>(count)};
  std::string text;
  text.reserve(kXidLength);
  uint32_t buffer = 0;
  int bits = 0;
  for (const uint8_t byte : raw) {
    buffer = buffer << 8 | byte;
    for (bits += 8; bits >= 5; bits -= 5) text.push_back(kAlphabet[(buffer >> (bits - 5)) & 31]);
  }
  text.push_back(kAlphabet[(buffer << (5 - bits)) & 31]);
  return text;
}

std::optional<uint32_t> XidSeconds(std::string_view text) {
  if (text.size() != kXidLength) return std::nullopt;
  uint64_t head = 0;
  for (int i = 0; i < kXidLength; ++i) {
    const int digit = DigitOf(text[static_cast<size_t>(i)]);
    if (digit < 0) return std::nullopt;
    // 96 bits in 100: the last four must be zero, or the text is not what an encoder writes.
    if (i == kXidLength - 1 && (digit & 15) != 0) return std::nullopt;
    if (i < 7) head = head << 5 | static_cast<uint64_t>(digit);
  }
  return static_cast<uint32_t>(head >> 3);
}

}  // namespace tarn
