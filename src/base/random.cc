#include "base/random.h"

#include <sys/random.h>

#include <array>
#include <cstring>
#include <random>

#include "base/check.h"
#include "base/sync.h"

namespace tarn {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr char kNanoAlphabet[] = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static_assert(sizeof(kNanoAlphabet) == 65);

class KernelRandom : public Random {
 public:
  void Fill(std::span<uint8_t> out) override {
    // One system call fills 16 UUIDs; a system call for each would double their cost.
    thread_local std::array<uint8_t, 256> buffer;
    thread_local size_t used = buffer.size();
    while (!out.empty()) {
      if (used == buffer.size()) {
        Read(buffer);
        used = 0;
      }
      const size_t n = std::min(out.size(), buffer.size() - used);
      std::memcpy(out.data(), buffer.data() + used, n);
      std::memset(buffer.data() + used, 0, n);
      used += n;
      out = out.subspan(n);
    }
  }

 private:
  static void Read(std::span<uint8_t> out) {
    while (!out.empty()) {
      const ssize_t n = getrandom(out.data(), out.size(), 0);
      if (n < 0 && errno == EINTR) continue;
      TARN_CHECK(n > 0);
      out = out.subspan(static_cast<size_t>(n));
    }
  }
};

class Mt19937Random : public Random {
 public:
  explicit Mt19937Random(uint64_t seed) : engine_(seed) {}
  void Fill(std::span<uint8_t> out) override {
    MutexLock lock(mutex_);
    for (uint8_t& byte : out) byte = static_cast<uint8_t>(engine_());
  }

 private:
  Mutex mutex_;
  std::mt19937_64 engine_ TARN_GUARDED_BY(mutex_);
};

}  // namespace

uint64_t Random::Next64() {
  std::array<uint8_t, 8> bytes;
  Fill(bytes);
  uint64_t value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}

Random& SystemRandom() {
  static KernelRandom random;
  return random;
}

std::unique_ptr<Random> SeededRandom(uint64_t seed) {
  return std::make_unique<Mt19937Random>(seed);
}

std::string NewUuid(Random& random) {
  std::array<uint8_t, 16> bytes;
  random.Fill(bytes);
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  std::string text(36, '-');
  size_t at = 0;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) ++at;
    text[at++] = kHexDigits[bytes[i] >> 4];
    text[at++] = kHexDigits[bytes[i] & 15];
  }
  return text;
}

std::string NewNanoId(Random& random, int length) {
  std::string text(static_cast<size_t>(length), '\0');
  random.Fill({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  for (char& c : text) c = kNanoAlphabet[static_cast<uint8_t>(c) & 63];
  return text;
}

}  // namespace tarn
