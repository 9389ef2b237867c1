// One raw block in memory, and a cursor over its entries (docs/formats/sorted-table.md).
//
// A block's checksum was right when it was made, yet every offset in it is still checked before
// use, so that a file built to do harm gives an error. Level 4; blocks are immutable and shared, a
// cursor belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::sst {

class Block {
 public:
  Block() = default;
  /// Checks and unpacks a stored block (with its trailer) that lies at `offset` of the object
  /// `file`. kCorrupt names both.
  static Result<std::shared_ptr<const Block>> Make(std::string_view stored, std::string_view file,
                                                   uint64_t offset);
  /// The same into this block, whose memory is used again; it is unusable after an error.
  Status Assign(std::string_view stored, std::string_view file, uint64_t offset);

  std::string_view entries() const { return {bytes_.get(), entries_size_}; }
  uint32_t restart_count() const { return restart_count_; }
  /// Offset of the `i`-th restart point in entries(); may be past its end in a damaged block.
  uint32_t restart(uint32_t i) const;
  /// Length of the raw block.
  size_t size() const { return size_; }
  /// Bytes of memory, about.
  size_t memory_bytes() const { return size_ + sizeof(Block) + 64; }
  /// Place of the block in its file, for error messages.
  uint64_t offset() const { return offset_; }

 private:
  bool Unpack(std::string_view stored);

  std::unique_ptr<char[]> bytes_;
  size_t capacity_ = 0;
  size_t size_ = 0;
  size_t entries_size_ = 0;
  uint32_t restart_count_ = 0;
  uint64_t offset_ = 0;
};

/// Walks the entries of a block. Keys are internal or plain, as the block has them; without their
/// last `trailer_bytes` bytes they ascend: a block that has them otherwise is damaged.
class BlockCursor {
 public:
  BlockCursor() = default;
  /// Not positioned. The block must outlive the cursor.
  BlockCursor(const Block* block, size_t trailer_bytes)
      : block_(block), trailer_bytes_(trailer_bytes) {}

  bool valid() const { return at_ != nullptr; }
  /// True once an entry could not be read; the cursor is not valid then.
  bool damaged() const { return damaged_; }
  bool at_first() const;
  std::string_view key() const { return last_key(); }
  /// Key of the entry that was read last, even after the end.
  std::string_view last_key() const {
    return is_key_in_block_ ? key_in_block_ : std::string_view(key_);
  }
  std::string_view value() const { return value_; }
  /// True if key() lies in the block, so that it stays when the cursor moves.
  bool is_key_in_block() const { return is_key_in_block_; }

  void SeekToFirst();
  /// To the first entry whose key, without the trailer, is >= `target`.
  void Seek(std::string_view target);
  /// Requires valid().
  void Next();

 private:
  struct EntryHead;
  static EntryHead ParseEntryHead(const char* from, const char* end);
  /// Reads the entry at `from`; last_key() is the key before it if the entry `follows` one that was
  /// read, else only what it shares with that.
  void ReadEntry(const char* from, bool follows);
  bool Ascends(std::string_view before, const EntryHead& head) const;
  /// From an entry that shares nothing on to the first one with a key >= `target`.
  void ScanTo(const char* from, std::string_view target);
  void ScanByKeys(const char* from, std::string_view target);
  void Fail();
  void ClearKey() {
    is_key_in_block_ = true;
    key_in_block_ = {};
  }
  bool ReadRestartKey(uint32_t i, std::string_view* key) const;

  const Block* block_ = nullptr;
  size_t trailer_bytes_ = 0;
  const char* at_ = nullptr;    // Start of the current entry; null when not valid.
  const char* next_ = nullptr;  // Start of the next one.
  bool damaged_ = false;
  // A key that shares nothing is used where it lies; others are put together in key_.
  bool is_key_in_block_ = true;
  std::string_view key_in_block_;
  std::string key_;
  std::string_view value_;
};

/// "corrupt sorted table FILE at offset N: WHAT".
Status CorruptTable(std::string_view file, uint64_t offset, std::string_view what);

}  // namespace tarn::sst
