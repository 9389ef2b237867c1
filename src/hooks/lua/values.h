// Values between C++ and the interpreter. Level 7; one thread.
#pragma once

#include <cstddef>

#include "base/result.h"
#include "codec/json.h"
#include "hooks/lua/host.h"

namespace tarn::hooks::lua {

/// Prepares a state for the functions below. Raises.
void OpenValues(lua_State* state);

/// Push a value. They raise (no memory, documents that are too deep), so nothing around may need
/// its destructor.
void Push(lua_State* state, const Returned& value);
void Push(lua_State* state, const Json& value);

/// Makes the table at the top a list for PullTable and scripts. Raises.
void MarkList(lua_State* state);

/// Copies a table, which may not hold more than `bytes_max` when written out. Does not raise.
Result<Json> PullTable(lua_State* state, int index, size_t bytes_max);

}  // namespace tarn::hooks::lua
