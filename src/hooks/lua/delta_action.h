// Actions of Delta logs (https://github.com/delta-io/delta/blob/master/PROTOCOL.md): which there
// are, and what of them is passed on. Level 7; pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"

namespace tarn::hooks::lua {

/// What a table is like after some of its actions.
struct DeltaState {
  Json protocol, metadata;  ///< The last ones; null: there was none.
};

/// Whether a column of a checkpoint ("add.path") is part of an action that is passed on. Those with
/// typed statistics and the like are not.
bool IsDeltaColumn(std::string_view name);

/// Appends the actions of an entry, a line of a commit or a row of a checkpoint, to `lines`: one
/// object with one member each, as JSON. Unknown actions and fields that are null are left out, and
/// so are unknown fields, except in commitInfo, which may have any.
void AddDeltaActions(const Json& entry, DeltaState* state, std::vector<std::string>* lines);

/// Fails if a table must not be read without knowing more than is known here.
Status CheckDeltaProtocol(const Json& protocol);

}  // namespace tarn::hooks::lua
