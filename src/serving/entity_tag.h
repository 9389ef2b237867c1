// Entity tags of objects, as both protocols show them. Level 7; pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::serving {

/// The ETag header of an object: its checksum in quotes, unless it brings its own.
std::string EntityTag(std::string_view checksum);

/// Whether tags of a list count without their quotes, as some clients of S3 write them.
enum class TagQuotes : uint8_t { kNeeded, kOptional };

/// Whether a list of tags, as If-Match and If-None-Match have it, names `entity_tag`: "*" does, and
/// so does a weak tag ("W/") of the same text, since our tags are strong.
bool ListsTag(std::string_view list, std::string_view entity_tag, TagQuotes quotes);

}  // namespace tarn::serving
