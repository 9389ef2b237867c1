// Addresses in a repository's own namespace, however they are written. Level 6; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// The part of a full address below the repository's namespace, if it is in there: collectors of
/// garbage know objects by it. Does not ask whether there is an object.
std::optional<std::string> AddressInNamespace(const Context& context,
                                              const refs::Repository& repository,
                                              std::string_view full_address);

/// kInvalidAddress if a relative address is among what the server keeps there for itself.
Status CheckNotReserved(const Context& context, std::string_view relative_address);

}  // namespace tarn::versioning
