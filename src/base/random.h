// Randomness as an interface, so that tests can seed it; and the ids made from it. Level 0.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/clock.h"

namespace tarn {

/// Source of random bytes. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(std::span<uint8_t> out) = 0;
  uint64_t Next64();
};

/// The kernel's generator, buffered per thread; fit for secrets.
Random& SystemRandom();

/// Reproducible bytes for tests; never for secrets.
std::unique_ptr<Random> SeededRandom(uint64_t seed);

/// Random UUID version 4: 36 characters, lower case.
std::string NewUuid(Random& random);

/// `length` characters of "_-0-9a-zA-Z".
std::string NewNanoId(Random& random, int length);

}  // namespace tarn
