#include "kv/rocksdb/log_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "codec/fixed.h"
#include "kv/rocksdb/log_record.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

constexpr size_t kBatchHeaderBytes = 12;  // number of the first operation, count of operations

/// Where in the sequence of all operations the logs are, and where they were found damaged.
class LogReader {
 public:
  explicit LogReader(std::string path) : path_(std::move(path)) {}

  Status Read(const std::string& name, std::string_view log) {
    for (size_t at = 0; at < log.size();) {
      if (const size_t padding = PaddingAt(at); padding > 0) {
        at += padding;
        continue;
      }
      const std::optional<LogRecord> record = LogRecordAt(log, at);
      if (!record) {
        // Its length cannot be trusted: the next record may be anywhere.
        if (!damage_) damage_ = Damage{name, at};
        in_batch_ = false;
        ++at;
        continue;
      }
      TARN_TRY(Take(name, at, *record));
      at += record->size();
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

  Status Take(const std::string& name, size_t at, const LogRecord& record) {
    if (record.begins()) {
      if (in_batch_ && !damage_) damage_ = Damage{name, at};  // the one before has no end
      batch_.clear();
      in_batch_ = true;
    }
    if (!in_batch_) return {};  // the rest of a spoiled batch
    batch_.append(
        record.payload.substr(0, kBatchHeaderBytes - std::min(kBatchHeaderBytes, batch_.size())));
    if (!record.ends()) return {};
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
