#include "kv/store.h"

#include "base/blocking.h"

namespace tarn::kv {

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

Status CheckPartition(std::string_view partition) {
  if (partition.empty()) return Status(Code::kInvalidValue, std::string(kMissingPartition));
  if (partition.size() > kPartitionBytesMax) {
    return Status(Code::kTooLarge,
                  "partition key is longer than " + std::to_string(kPartitionBytesMax) + " bytes");
  }
  return Status();
}

Status CheckKey(std::string_view partition, std::string_view key) {
  TARN_TRY(CheckPartition(partition));
  if (key.empty()) return Status(Code::kInvalidValue, std::string(kMissingKey));
  if (key.size() > kKeyBytesMax) {
    return Status(Code::kTooLarge, "key is longer than " + std::to_string(kKeyBytesMax) + " bytes");
  }
  return Status();
}

Status CheckWrite(std::string_view partition, std::string_view key, std::string_view value) {
  TARN_TRY(CheckKey(partition, key));
  if (value.size() > kValueBytesMax) {
    return Status(Code::kTooLarge,
                  "value is longer than " + std::to_string(kValueBytesMax) + " bytes");
  }
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
