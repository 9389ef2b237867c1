#include "sst/block_builder.h"

#include "codec/fixed.h"
#include "codec/varint.h"
#include "sst/format.h"

namespace tarn::sst {
void BlockBuilder::Add(std::string_view user_key, std::string_view trailer,
                       std::string_view value) {
  size_t shared = 0;
  if (since_restart_ == restart_interval_ || count_ == 0) {
    restarts_.push_back(static_cast<uint32_t>(bytes_.size()));
    since_restart_ = 0;
  } else {
    shared = CommonPrefixLength(user_key, last_key_);
  }
  const std::string_view unshared = user_key.substr(shared);
  char head[3 * kVarintBytesMax];
  char* to = WriteVarint(head, shared);
  to = WriteVarint(to, unshared.size() + trailer.size());
  to = WriteVarint(to, value.size());
  bytes_.append(head, static_cast<size_t>(to - head));
  bytes_.append(unshared).append(trailer).append(value);
  last_key_.resize(shared);
  last_key_.append(unshared).append(trailer);
  ++count_;
  ++since_restart_;
}

bool BlockBuilder::FlushesBefore(size_t user_key_bytes, size_t value_bytes) const {
  if (empty()) return false;
  const size_t size = EstimatedSize();
  if (size >= kBlockTargetBytes) return true;
  if (size <= kBlockThresholdBytes) return false;
  const size_t key_bytes = user_key_bytes + kKeyTrailerBytes;
  const size_t restart_bytes = count_ % restart_interval_ == 0 ? 4 : 0;
  const size_t new_size = size + key_bytes + value_bytes + restart_bytes + 4 +
                          VarintLength(key_bytes) + VarintLength(value_bytes);
  return new_size > kBlockTargetBytes;
}

std::string_view BlockBuilder::Finish() {
  if (restarts_.empty()) restarts_.push_back(0);
  for (const uint32_t restart : restarts_) AppendLe(&bytes_, restart);
  AppendLe(&bytes_, static_cast<uint32_t>(restarts_.size()));
  return bytes_;
}

void BlockBuilder::Reset() {
  bytes_.clear();
  restarts_.clear();
  last_key_.clear();
  count_ = since_restart_ = 0;
}

}  // namespace tarn::sst
