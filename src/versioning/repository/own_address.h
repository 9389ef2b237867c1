// What a repository's namespace holds that is no object of a client. Level 6; thread-safe.
#pragma once

#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// kInvalidAddress if a relative address is among what the server keeps there for itself.
Status CheckNotReserved(const Context& context, std::string_view relative_address);

}  // namespace tarn::versioning
