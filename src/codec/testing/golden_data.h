// Files that the reference wrote or answered: all of them in ../shared beside the checkout, a small
// part of them in tests/golden, so that a clone alone proves the formats. Level 1, tests only; the
// working directory is the checkout.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tarn {

/// The bytes of a recorded file ("fixtures/sst/commits.json"), unpacked if it is there as NAME.gz
/// only. Nothing if neither place has it: the caller skips its test, unless TARN_SHARED=required
/// has failed it already because ../shared does not have it.
std::optional<std::string> ReadGolden(std::string_view name);

/// Names of the files in a recorded folder, ascending, without ".gz"; of one place, as ReadGolden.
std::vector<std::string> ListGolden(std::string_view folder);

}  // namespace tarn
