// Reads the log of a Delta table: commits and, where it begins with one, a checkpoint
// (https://github.com/delta-io/delta/blob/master/PROTOCOL.md, "Delta Table Specification"). Level
// 7; one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hooks/lua/delta_action.h"

namespace tarn::hooks::lua {

/// The files of one log.
class DeltaFiles {
 public:
  virtual ~DeltaFiles() = default;
  /// Their names, from one on, in order; without those of folders. Empty: all.
  virtual Result<std::vector<std::string>> List(std::string_view from) = 0;
  /// Nothing if there is none.
  virtual Result<std::optional<std::string>> Read(std::string_view name) = 0;
};

struct DeltaLimits {
  size_t bytes_max =
      64 << 20;  ///< Of all actions, and of what a checkpoint takes while it is read.
  std::function<Status()> check;  ///< Asked between files and rows; a failure ends the reading.
};

struct DeltaTable {
  /// Actions as JSON by the version of their commit; those of the checkpoint that the log begins
  /// with by its negative version.
  std::map<int64_t, std::vector<std::string>> log;
  DeltaState state;
};

/// Reads a log from the checkpoint on that _last_checkpoint names, or from its first commit on, or
/// from the first checkpoint from which on no commit is missing. `name` is for messages. kNotFound
/// if there is no table; kCorrupt; kUnsupported for what only newer readers may read.
Result<DeltaTable> ReadDeltaTable(DeltaFiles& files, const std::string& name,
                                  const DeltaLimits& limits);

}  // namespace tarn::hooks::lua
