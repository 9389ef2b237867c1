#include "kv/rocksdb/log_record.h"

#include <algorithm>

#include "codec/crc32c.h"
#include "codec/fixed.h"

namespace tarn::kv::rocks {
namespace {

constexpr size_t kBlockBytes = 32 << 10;
constexpr size_t kHeaderBytes = 7;  // checksum, length, kind

}  // namespace

size_t LogRecord::size() const { return kHeaderBytes + payload.size(); }

std::optional<LogRecord> LogRecordAt(std::string_view log, size_t at) {
  const size_t block_end = std::min((at / kBlockBytes + 1) * kBlockBytes, log.size());
  if (at + kHeaderBytes > block_end) return std::nullopt;
  const uint16_t length = LoadLe<uint16_t>(log.data() + at + 4);
  const auto kind = static_cast<uint8_t>(log[at + 6]);
  if (kind < LogRecord::kFull || kind > LogRecord::kLast) return std::nullopt;
  if (at + kHeaderBytes + length > block_end) return std::nullopt;
  const std::string_view covered = log.substr(at + 6, 1 + size_t{length});
  if (LoadLe<uint32_t>(log.data() + at) != MaskCrc(Crc32c(covered))) return std::nullopt;
  return LogRecord{kind, covered.substr(1)};
}

size_t PaddingAt(size_t at) {
  const size_t block_left = kBlockBytes - at % kBlockBytes;
  return block_left < kHeaderBytes ? block_left : 0;
}

}  // namespace tarn::kv::rocks
