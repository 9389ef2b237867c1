// Which commits touch which paths: answers of log filters, so that a log is walked without opening
// a range that was compared before. Commits are immutable, hence so are the answers. Level 6;
// thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstring>
#include <optional>

#include "base/aging_map.h"
#include "base/ids.h"
#include "codec/digest.h"

namespace tarn::versioning {

class ChangeCache {
 public:
  /// About 6 MB.
  static constexpr size_t kEntriesMax = 100'000;

  /// Names the answer for one commit. `filter` is a digest of all that was asked.
  using Key = std::array<char, 16>;
  static Key KeyOf(const Sha256Digest& filter, const CommitId& commit);

  std::optional<bool> Find(const Key& key) { return answers_.Find(key); }
  void Insert(const Key& key, bool changed) { answers_.Insert(key, changed); }

 private:
  struct Hash {
    size_t operator()(const Key& key) const {
      size_t hash = 0;
      std::memcpy(&hash, key.data(), sizeof(hash));
      return hash;  // A part of a digest is as good as any.
    }
  };
  AgingMap<Key, bool, Hash> answers_{kEntriesMax};
};

}  // namespace tarn::versioning
