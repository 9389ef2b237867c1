// xid: 12 bytes that sort by time, written as 20 characters of lower-case base32hex.
//
// Layout: big-endian seconds (4), machine and process (5), counter (3). Source of the format:
// docs/formats/kv.md. Level 0; Generator is thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"

namespace tarn {

/// Years-ahead epochs whose distance to now makes later ids sort first.
inline constexpr int64_t kPartitionEpoch = 64060588800;   ///< Data partitions, GC runs.
inline constexpr int64_t kDescendingEpoch = 32500915200;  ///< Action runs, pull requests.

/// Makes ids that are unique for this generator and, by five random bytes in place of machine and
/// process, across all of them.
class XidGenerator {
 public:
  XidGenerator(Clock& clock, Random& random);
  /// An id whose time field is now.
  std::string New() { return NewAt(clock_.Now().seconds); }
  /// An id whose time field is `seconds` modulo 2^32.
  std::string NewAt(int64_t seconds);
  /// An id that sorts before all that were made earlier: time field = epoch - now.
  std::string NewDescending(int64_t epoch) { return NewAt(epoch - clock_.Now().seconds); }

 private:
  Clock& clock_;
  std::array<uint8_t, 5> machine_and_process_;
  std::atomic<uint32_t> counter_;
};

/// The time field of an id in seconds; nothing if the text is not a canonical xid.
std::optional<uint32_t> XidSeconds(std::string_view text);

}  // namespace tarn
