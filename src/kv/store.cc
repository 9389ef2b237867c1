#include "kv/store.h"

#include "base/blocking.h"

namespace tarn::kv {
namespace {

Status TooLong(std::string_view what, size_t bytes_max) {
  return Status(Code::kTooLarge,
                std::string(what) + " is longer than " + std::to_string(bytes_max) + " bytes");
}

}  // namespace

std::vector<Status> Store::SetMany(std::string_view partition, std::span<const Put> puts) {
  std::vector<Status> results;
  results.reserve(puts.size());
  for (const Put& put : puts) {
    results.push_back(put.predicate == nullptr
                          ? Set(partition, put.key, put.value)
                          : SetIf(partition, put.key, put.value, *put.predicate));
  }
  return results;
}

Status CheckPartition(const Traits& traits, std::string_view partition) {
  if (partition.empty()) return Status(Code::kInvalidValue, std::string(kMissingPartition));
  if (partition.size() > traits.partition_bytes_max) {
    return TooLong("partition key", traits.partition_bytes_max);
  }
  return Status();
}

Status CheckKey(const Traits& traits, std::string_view partition, std::string_view key) {
  TARN_TRY(CheckPartition(traits, partition));
  if (key.empty()) return Status(Code::kInvalidValue, std::string(kMissingKey));
  if (key.size() > traits.key_bytes_max) return TooLong("key", traits.key_bytes_max);
  return Status();
}

Status CheckWrite(const Traits& traits, std::string_view partition, std::string_view key,
                  std::string_view value) {
  TARN_TRY(CheckKey(traits, partition, key));
  if (value.size() > traits.value_bytes_max) return TooLong("value", traits.value_bytes_max);
  return RequireBlocking();
}

bool Holds(const Predicate& predicate, const std::optional<std::string_view>& found) {
  switch (predicate.kind()) {
    case Predicate::Kind::kAbsent:
      return !found;
    case Predicate::Kind::kPresent:
      return found.has_value();
    case Predicate::Kind::kEquals:
      return found && *found == predicate.value();
  }
  return false;
}

Status PredicateFailed() { return Status(Code::kPredicateFailed, "predicate failed"); }

}  // namespace tarn::kv
