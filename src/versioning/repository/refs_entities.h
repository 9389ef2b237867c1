// The three kinds of records in a dump of refs: how each is written to a table and read back.
// Internal to the dump. Level 6; constant data and pure functions.
#pragma once

#include <string>
#include <string_view>

#include "codec/value.h"
#include "versioning/context.h"

namespace tarn::versioning {

enum class RefsEntity : uint8_t { kCommit, kBranch, kTag };

struct RefsEntityRow {
  std::string_view name;               ///< Table property "entity".
  std::string_view schema_name;        ///< Table property "schema_name".
  std::string_view schema_definition;  ///< Table property "schema_definition".
  std::string_view key_prefix;         ///< Of the records in the KV.
  /// The value of a stored record in a dump.
  Result<Value> (*to_dump)(std::string_view id, std::string_view stored);
  /// Whether a record of a dump may be restored: it is what it says, and what it points to is in
  /// the dump's tree `commits`, or restored already. Thread-safe.
  Status (*check)(Context& context, const refs::Repository& repository, const MetarangeId& commits,
                  std::string_view id, std::string_view data);
  /// Writes a checked record of a dump to the KV, unless it is there. Thread-safe.
  Status (*restore)(Context& context, const refs::Repository& repository, std::string_view id,
                    std::string_view data);
};
const RefsEntityRow& RowOf(RefsEntity entity);

}  // namespace tarn::versioning
