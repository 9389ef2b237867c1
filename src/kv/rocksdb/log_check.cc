#include "kv/rocksdb/log_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "codec/crc32c.h"
#include "codec/fixed.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

constexpr size_t kBlockBytes = 32 << 10;
constexpr size_t kHeaderBytes = 7;        // checksum, length, kind
constexpr size_t kBatchHeaderBytes = 12;  // number of the first operation, count of operations

enum RecordKind : uint8_t { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

struct Record {
  uint8_t kind = 0;
  std::string_view payload;
};

/// The record at `at`, if there is an undamaged one; none crosses the end of its block.
std::optional<Record> RecordAt(std::string_view log, size_t at) {
  const size_t block_end = std::min((at / kBlockBytes + 1) * kBlockBytes, log.size());
  if (at + kHeaderBytes > block_end) return std::nullopt;
  const uint16_t length = LoadLe<uint16_t>(log.data() + at + 4);
  const auto kind = static_cast<uint8_t>(log[at + 6]);
  if (kind < kFull || kind > kLast || at + kHeaderBytes + length > block_end) return std::nullopt;
  const std::string_view covered = log.substr(at + 6, 1 + size_t{length});
  if (LoadLe<uint32_t>(log.data() + at) != MaskCrc(Crc32c(covered))) return std::nullopt;
  return Record{kind, covered.substr(1)};
}

/// Where in the sequence of all operations the logs are, and where they were found damaged.
class LogReader {
 public:
  explicit LogReader(std::string path) : path_(std::move(path)) {}

  Status Read(const std::string& name, std::string_view log) {
    for (size_t at = 0; at < log.size();) {
      const size_t block_left = kBlockBytes - at % kBlockBytes;
      if (block_left < kHeaderBytes) {
        at += block_left;
        continue;
      }
      const std::optional<Record> record = RecordAt(log, at);
      if (!record) {
        // Its length cannot be trusted: the next record may be anywhere.
        if (!damage_) damage_ = Damage{name, at};
        in_batch_ = false;
        ++at;
        continue;
      }
      TARN_TRY(Take(name, at, *record));
      at += kHeaderBytes + record->payload.size();
    }
    if (in_batch_) damage_ = Damage{name, log.size()};  // it has no end
    in_batch_ = false;
    return {};
  }

 private:
  struct Damage {
    std::string file;
    size_t offset = 0;
  };

  Status Take(const std::string& name, size_t at, const Record& record) {
    if (record.kind == kFull || record.kind == kFirst) {
      if (in_batch_ && !damage_) damage_ = Damage{name, at};  // the one before has no end
      batch_.clear();
      in_batch_ = true;
    }
    if (!in_batch_) return {};  // the rest of a spoiled batch
    batch_.append(
        record.payload.substr(0, kBatchHeaderBytes - std::min(kBatchHeaderBytes, batch_.size())));
    if (record.kind != kFull && record.kind != kLast) return {};
    in_batch_ = false;
    if (batch_.size() < kBatchHeaderBytes) return {};
    const auto first = LoadLe<uint64_t>(batch_.data());
    const auto count = LoadLe<uint32_t>(batch_.data() + sizeof first);
    if (damage_) {
      // After a start that dropped a spoiled batch its numbers are given again, in a new log.
      const bool again = damage_->file != name && (!next_ || first <= *next_);
      if (!again) return Refuse(name);
      damage_.reset();
    }
    next_ = first + count;
    return {};
  }

  Status Refuse(const std::string& name) const {
    const std::string cut = fmt::format("{}/{}", path_, damage_->file);
    return {Code::kCorrupt,
            fmt::format("the metadata database in {} is damaged: its log {} cannot be read at byte "
                        "{}, and writes that were acknowledged follow in {}. Nothing was changed. "
                        "Restore the directory from a backup; to go on without all that was "
                        "written since, keep a copy, cut the file there (truncate -s {} {}) and "
                        "remove the logs with higher numbers",
                        path_, damage_->file, damage_->offset, name, damage_->offset, cut)};
  }

  const std::string path_;
  std::optional<uint64_t> next_;  // number of the next operation, once known
  std::optional<Damage> damage_;  // that nothing followed yet
  std::string batch_;             // the header of a batch, as far as it was read
  bool in_batch_ = false;
};

std::optional<uint64_t> NumberOfLog(std::string_view name) {
  uint64_t number = 0;
  const auto read = std::from_chars(name.data(), name.data() + name.size(), number);
  if (read.ec != std::errc() || read.ptr == name.data()) return std::nullopt;
  if (name.substr(static_cast<size_t>(read.ptr - name.data())) != ".log") return std::nullopt;
  return number;
}

}  // namespace

Status CheckLogs(::rocksdb::Env& env, const std::string& path) {
  std::vector<std::string> names;
  TARN_TRY(ToStatus(env.GetChildren(path, &names), "list"));
  std::vector<std::pair<uint64_t, std::string>> logs;
  for (std::string& name : names) {
    if (const auto number = NumberOfLog(name)) logs.emplace_back(*number, std::move(name));
  }
  std::sort(logs.begin(), logs.end());
  LogReader reader(path);
  for (const auto& [number, name] : logs) {
    std::string bytes;
    TARN_TRY(ToStatus(::rocksdb::ReadFileToString(&env, path + "/" + name, &bytes), "read"));
    TARN_TRY(reader.Read(name, bytes));
  }
  return {};
}

}  // namespace tarn::kv::rocks
