// Builds the raw bytes of one block: prefix-compressed entries and restart points
// (docs/formats/sorted-table.md). Level 4; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tarn::sst {

class BlockBuilder {
 public:
  /// Every `restart_interval`-th entry holds its whole key.
  explicit BlockBuilder(int restart_interval) : restart_interval_(restart_interval) {}

  /// Appends an entry with the key `user_key` + `trailer`. Only bytes of the user key are shared
  /// with the key before (which counts with its trailer).
  void Add(std::string_view user_key, std::string_view trailer, std::string_view value);

  bool empty() const { return count_ == 0; }
  /// Length of the finished block; for an empty one the format says 4, though it is stored as 8.
  size_t EstimatedSize() const { return bytes_.size() + 4 * restarts_.size() + 4; }
  /// True if an entry of these lengths begins a new block.
  bool FlushesBefore(size_t user_key_bytes, size_t value_bytes) const;
  /// Key of the last entry with its trailer.
  std::string_view last_key() const { return last_key_; }

  /// Completes the block; the view holds until Reset.
  std::string_view Finish();
  void Reset();

 private:
  int restart_interval_;
  int count_ = 0;
  int since_restart_ = 0;
  std::string bytes_;
  std::string last_key_;
  std::vector<uint32_t> restarts_;
};

}  // namespace tarn::sst
