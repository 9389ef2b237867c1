#include "server/decode_namespaces.h"

#include <optional>

#include "codec/url.h"
#include "records/layout.h"
#include "records/list.h"
#include "refs/records.h"

namespace tarn::server {
namespace {

/// Nothing where the namespace of the record is no encoded text.
Result<std::optional<DecodedNamespace>> DecodeOne(kv::Store& kv, block::ObjectStore& objects,
                                                  std::string_view key, const std::string& value,
                                                  const DecodeOptions& options) {
  TARN_TRY_ASSIGN(refs::Repository repository, refs::DecodeRepository(value));
  const std::string before = repository.storage_namespace.str();
  const auto after = PathUnescape(before);
  if (!after.ok() || *after == before) return std::optional<DecodedNamespace>();
  DecodedNamespace decoded{repository.id.str(), before, *after};
  TARN_TRY_ASSIGN(const auto mark,
                  objects.Stat({decoded.after, options.block_storage_prefix + "/dummy"}));
  decoded.is_there = mark.has_value();
  if (decoded.is_there && !options.dry_run) {
    repository.storage_namespace = StorageNamespace(decoded.after);
    TARN_TRY(kv.SetIf(records::kRepositoriesPartition, key, refs::EncodeRepository(repository),
                      kv::Predicate::Equals(value)));
  }
  return std::optional(std::move(decoded));
}

}  // namespace

Result<std::vector<DecodedNamespace>> DecodeNamespaces(kv::Store& kv, block::ObjectStore& objects,
                                                       const DecodeOptions& options) {
  std::vector<DecodedNamespace> found;
  TARN_TRY(records::ForEachRecord(
      kv, records::kRepositoriesPartition, records::kRepositoryPrefix,
      [&](std::string_view key, std::string_view value) -> Status {
        TARN_TRY_ASSIGN(auto decoded, DecodeOne(kv, objects, key, std::string(value), options));
        if (decoded) found.push_back(*std::move(decoded));
        return {};
      }));
  return found;
}

}  // namespace tarn::server
