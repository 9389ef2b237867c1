#include "sst/block.h"

#include <algorithm>

#include "codec/fixed.h"
#include "codec/varint.h"
#include "sst/format.h"

namespace tarn::sst {
namespace {

constexpr ptrdiff_t kCacheLineBytes = 64;
constexpr ptrdiff_t kPrefetchBytesMax = kBlockTargetBytes;

}  // namespace

Status CorruptTable(std::string_view file, uint64_t offset, std::string_view what) {
  std::string text = "corrupt sorted table ";
  text.append(file).append(" at offset ").append(std::to_string(offset)).append(": ").append(what);
  return Status(Code::kCorrupt, std::move(text));
}

Result<std::shared_ptr<const Block>> Block::Make(std::string_view stored, std::string_view file,
                                                 uint64_t offset) {
  auto block = std::make_shared<Block>();
  TARN_TRY(block->Assign(stored, file, offset));
  return std::shared_ptr<const Block>(std::move(block));
}

Status Block::Assign(std::string_view stored, std::string_view file, uint64_t offset) {
  if (!CheckStoredBlock(stored)) return CorruptTable(file, offset, "checksum mismatch");
  if (!Unpack(stored)) return CorruptTable(file, offset, "malformed block");
  offset_ = offset;
  return Status();
}

bool Block::Unpack(std::string_view stored) {
  const auto raw_size = RawBlockLength(stored);
  if (!raw_size || *raw_size < 8) return false;  // One restart point and their count.
  if (capacity_ < *raw_size) {
    bytes_ = std::make_unique_for_overwrite<char[]>(*raw_size);
    capacity_ = *raw_size;
  }
  if (!UnpackStoredBlock(stored, bytes_.get())) return false;
  size_ = *raw_size;
  restart_count_ = LoadLe<uint32_t>(bytes_.get() + size_ - 4);
  if (restart_count_ == 0 || restart_count_ > (size_ - 4) / 4) return false;
  entries_size_ = size_ - 4 - 4 * size_t{restart_count_};
  return true;
}

uint32_t Block::restart(uint32_t i) const {
  return LoadLe<uint32_t>(bytes_.get() + entries_size_ + 4 * size_t{i});
}

/// The fixed part of an entry.
struct BlockCursor::EntryHead {
  uint64_t shared = 0;
  uint64_t unshared = 0;
  uint64_t value_size = 0;
  const char* key = nullptr;  // The unshared bytes; null if the entry does not fit before its end.
};

[[gnu::always_inline]] inline BlockCursor::EntryHead BlockCursor::ParseEntryHead(const char* from,
                                                                                 const char* end) {
  EntryHead head;
  const char* at = from;
  uint32_t word = 0x80808080;
  if (end - from >= 4) [[likely]]
    word = LoadLe<uint32_t>(from);
  if ((word & 0x8080) == 0 && (word & 0x80800000) != 0x80800000) [[likely]] {
    // Nearly always two short lengths, then one of a byte or two.
    head.shared = word & 0xff;
    head.unshared = word >> 8 & 0xff;
    head.value_size = word >> 16 & 0x7f;
    at += 3;
    if ((word & 0x800000) != 0) {
      head.value_size |= word >> 24 << 7;
      ++at;
    }
  } else {
    at = ParseVarint(from, end, &head.shared);
    if (at != nullptr) at = ParseVarint(at, end, &head.unshared);
    if (at != nullptr) at = ParseVarint(at, end, &head.value_size);
    if (at == nullptr) return head;
  }
  const auto left = static_cast<uint64_t>(end - at);
  if (head.unshared <= left && head.value_size <= left - head.unshared) head.key = at;
  return head;
}

void BlockCursor::Fail() {
  at_ = nullptr;
  damaged_ = true;
}

/// Whether the key of an entry comes after the one before it.
inline bool BlockCursor::Ascends(std::string_view before, const EntryHead& head) const {
  const auto shared = static_cast<size_t>(head.shared);
  const auto unshared = static_cast<size_t>(head.unshared);
  if (shared + trailer_bytes_ < before.size() && unshared > trailer_bytes_ &&
      static_cast<unsigned char>(before[shared]) < static_cast<unsigned char>(*head.key)) [[likely]]
    return true;
  if (shared + unshared < trailer_bytes_) return false;
  const size_t size = shared + unshared - trailer_bytes_;
  before.remove_suffix(std::min(before.size(), trailer_bytes_));
  if (shared >= std::min(before.size(), size)) return size > before.size();
  return before.substr(shared) < std::string_view(head.key, size - shared);
}

void BlockCursor::ReadEntry(const char* from, bool follows) {
  const std::string_view entries = block_->entries();
  const char* end = entries.data() + entries.size();
  if (from >= end) {
    at_ = nullptr;
    return;
  }
  const EntryHead head = ParseEntryHead(from, end);
  const std::string_view before = last_key();
  if (head.key == nullptr || head.shared > before.size()) return Fail();
  if (follows && !Ascends(before, head)) return Fail();
  const std::string_view unshared(head.key, head.unshared);
  if (head.shared == 0) {
    key_in_block_ = unshared;
    is_key_in_block_ = true;
  } else {
    if (is_key_in_block_) {
      key_.reserve(head.shared + head.unshared);
      key_.assign(before.substr(0, head.shared));
    } else {
      key_.resize(head.shared);
    }
    key_.append(unshared);
    is_key_in_block_ = false;
  }
  value_ = std::string_view(head.key + head.unshared, head.value_size);
  at_ = from;
  next_ = value_.data() + value_.size();
}

bool BlockCursor::at_first() const { return at_ == block_->entries().data(); }

void BlockCursor::SeekToFirst() {
  damaged_ = false;
  ClearKey();
  ReadEntry(block_->entries().data(), /*follows=*/false);
}

void BlockCursor::Next() { ReadEntry(next_, /*follows=*/true); }

bool BlockCursor::ReadRestartKey(uint32_t i, std::string_view* key) const {
  const std::string_view entries = block_->entries();
  const uint32_t offset = block_->restart(i);
  if (offset >= entries.size()) return false;
  const EntryHead head = ParseEntryHead(entries.data() + offset, entries.data() + entries.size());
  if (head.key == nullptr || head.shared != 0) return false;
  *key = std::string_view(head.key, head.unshared);
  return true;
}

void BlockCursor::Seek(std::string_view target) {
  damaged_ = false;
  at_ = nullptr;
  if (block_->entries().empty()) return;
  // The last restart point whose key is below the target; the first if there is none.
  uint32_t low = 0;
  for (uint32_t high = block_->restart_count(); low + 1 < high;) {
    const uint32_t middle = low + (high - low) / 2;
    std::string_view key;
    if (!ReadRestartKey(middle, &key) || key.size() < trailer_bytes_) return Fail();
    (key.substr(0, key.size() - trailer_bytes_) < target ? low : high) = middle;
  }
  if (block_->restart(low) >= block_->entries().size()) return Fail();
  ScanTo(block_->entries().data() + block_->restart(low), target);
}

// Compares only what a key does not share with the one before it, and puts together only the key it
// stops at. `match` counts the leading bytes that the key before has in common with the target; it
// is below the target, so a key that shares more than these with it is below as well.
void BlockCursor::ScanTo(const char* from, std::string_view target) {
  const std::string_view entries = block_->entries();
  const char* end = entries.data() + entries.size();
  // Each step needs the bytes of the step before to know where to go: fetch them all at once.
  const char* prefetch_end = from + std::min(end - from, kPrefetchBytesMax);
  for (const char* line = from; line < prefetch_end; line += kCacheLineBytes) {
    __builtin_prefetch(line);
  }
  size_t match = 0;
  size_t before_size = 0;
  for (const char* at = from; at < end;) {
    const EntryHead head = ParseEntryHead(at, end);
    if (head.key == nullptr || head.shared + head.unshared < trailer_bytes_) return Fail();
    const size_t size = head.shared + head.unshared - trailer_bytes_;
    // A key may share bytes with the trailer before it, which are not at hand here.
    if (head.shared > std::min(before_size, size)) return ScanByKeys(from, target);
    if (head.shared <= match) {
      const std::string_view tail(head.key, size - head.shared);
      const std::string_view target_tail = target.substr(head.shared);
      const size_t common = CommonPrefixLength(tail, target_tail);
      const bool below =
          common == tail.size()
              ? common < target_tail.size()
              : common < target_tail.size() && static_cast<unsigned char>(tail[common]) <
                                                   static_cast<unsigned char>(target_tail[common]);
      if (!below) {
        is_key_in_block_ = true;
        key_in_block_ = target.substr(0, head.shared);
        return ReadEntry(at, /*follows=*/false);
      }
      match = head.shared + common;
    }
    before_size = size;
    at = head.key + head.unshared + head.value_size;
  }
}

void BlockCursor::ScanByKeys(const char* from, std::string_view target) {
  ClearKey();
  for (ReadEntry(from, /*follows=*/false); valid(); Next()) {
    if (key().size() < trailer_bytes_) return Fail();
    if (key().substr(0, key().size() - trailer_bytes_) >= target) return;
  }
}

}  // namespace tarn::sst
