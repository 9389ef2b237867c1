// An index block made ready for look-ups: separators and handles in arrays
// (docs/formats/sorted-table.md). Serves index partitions, single indexes and the top of a
// two-level index alike. Level 4; immutable.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sst/block.h"
#include "sst/format.h"

namespace tarn::sst {

class IndexBlock {
 public:
  /// Checks and unpacks a stored block at `offset` of a file of `file_size` bytes: every handle
  /// lies within it. kCorrupt names file and offset.
  static Result<std::unique_ptr<const IndexBlock>> Make(std::string_view stored,
                                                        const std::string& file, uint64_t offset,
                                                        uint64_t file_size);

  size_t size() const { return entries_.size(); }
  /// Internal key.
  std::string_view separator(size_t i) const { return entries_[i].separator; }
  BlockHandle handle(size_t i) const { return entries_[i].handle; }
  /// The first entry with a separator >= `target`, both as user keys; size() if none.
  size_t Find(std::string_view target) const;

 private:
  struct Entry {
    std::string_view separator;  // In block_ or assembled_.
    BlockHandle handle;
  };
  Block block_;
  std::vector<std::unique_ptr<std::string>> assembled_;  // Keys of foreign, compressed indexes.
  std::vector<Entry> entries_;
};

/// True if `handle` and the trailer of its block lie within `file_size` bytes.
inline bool IsWithin(BlockHandle handle, uint64_t file_size) {
  return handle.size <= file_size && handle.offset <= file_size &&
         handle.offset + handle.size + kBlockTrailerBytes <= file_size;
}

}  // namespace tarn::sst
