// Writes one sorted table (a range or a metarange) into memory, byte for byte as the reference
// does, and computes its id on the way (docs/formats/sorted-table.md). Level 4; one thread at a
// time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"
#include "sst/break_rule.h"

namespace tarn::sst {

class TableIterator;
struct ResumeInfo;

/// What a table is, and the property that says it.
enum class TableType : uint8_t { kRange, kMetarange };
inline constexpr std::string_view kTypeProperty = "type";
constexpr std::string_view TypeName(TableType type) {
  return type == TableType::kRange ? "ranges" : "metaranges";
}

/// A finished table.
struct Table {
  std::string id;     ///< 64 lower-case hex characters.
  std::string bytes;  ///< The file.
  std::string min_key, max_key;
  uint64_t count = 0;
  uint64_t estimated_size = 0;  ///< Bytes, as the format estimates them.
  /// What TableStore::Write remembers to make a later CopyFrom cheap; never null after Finish.
  std::shared_ptr<const ResumeInfo> resume;
};

/// Why CopyFrom stopped.
enum class CopyEnd : uint8_t { kLimit, kBreak, kEnd };

class TableWriter {
 public:
  /// `extra_properties` are hashed into the id and stored (refs dumps use them).
  explicit TableWriter(TableType type, std::map<std::string, std::string> extra_properties = {});
  ~TableWriter();
  TableWriter(TableWriter&&) noexcept;
  TableWriter& operator=(TableWriter&&) noexcept;

  /// Appends a record; keys must strictly ascend ("keys should be written in ascending order").
  Status Add(std::string_view key, ValueView value);
  /// Copies the records of `from`, beginning with the one it stands on, whose keys are below
  /// `limit` (all, if none), and moves it past them. Stops after the record at which `rule` breaks.
  /// Untouched blocks are copied as bytes and hashing resumes from a saved state where the result
  /// is the same.
  Result<CopyEnd> CopyFrom(TableIterator& from, std::optional<std::string_view> limit,
                           const BreakRule& rule);

  /// True if `rule` ends the table after the record added last. Same answer as
  /// rule.Breaks(estimated_size(), key), but remembered: use this, once after each Add, wherever
  /// ranges are cut, or a later CopyFrom of this table has to look at every key again.
  bool BreaksAfterLast(const BreakRule& rule);

  uint64_t estimated_size() const;
  uint64_t count() const;
  /// Completes the table; the writer is spent.
  Result<Table> Finish();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::sst
