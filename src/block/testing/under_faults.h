// A store below which calls fail all the time, and a layer that makes good for it. Header only.
#pragma once

#include <memory>
#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "block/layers/retry_store.h"
#include "block/testing/faulty_store.h"

namespace tarn::block {

/// Writers are spared: they make good for failures themselves. Logs the seed.
inline std::unique_ptr<ObjectStore> UnderFaults(std::unique_ptr<ObjectStore> store) {
  const uint64_t seed = SystemRandom().Next64() % 1'000'000'000;
  TARN_LOG_INFO("faults of seed {}", seed);
  store = std::make_unique<FaultyStore>(std::move(store), StoreFaults{.seed = seed,
                                                                      .delayed = 20,
                                                                      .refused = 5,
                                                                      .reply_lost = 7,
                                                                      .truncated = 5,
                                                                      .spare_writers = true});
  RetryOptions options;
  options.attempts_max = 40;
  options.pause_us_first = 10;
  options.pause_us_max = 100;
  return std::make_unique<RetryStore>(std::move(store), options, SystemRandom());
}

}  // namespace tarn::block
