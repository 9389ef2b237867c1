// Where a listing can be cut to be read in parallel: a guess, from keys that were seen. Level 3;
// pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "block/remote/page_source.h"

namespace tarn::block::remote {

/// A key that about `distance` keys of the listing lie before, counted from `base`, if the keys
/// behind it are as dense as the sample is: names that are numbered, or random, in decimal or
/// hexadecimal or letters. Larger than `base`, and beginning with `prefix`, if `base` does. Nothing
/// where the sample gives no idea, or not about what comes after `base`.
std::optional<std::string> GuessKey(std::string_view prefix, const std::vector<ListedKey>& sample,
                                    std::string_view base, uint64_t distance);

}  // namespace tarn::block::remote
