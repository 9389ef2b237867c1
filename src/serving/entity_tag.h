// Entity tags of objects, as both protocols show them. Level 7; pure functions.
#pragma once

#include <string>
#include <string_view>

namespace tarn::serving {

/// The ETag header of an object: its checksum in quotes, unless it brings its own.
std::string EntityTag(std::string_view checksum);

}  // namespace tarn::serving
