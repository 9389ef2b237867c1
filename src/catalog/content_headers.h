// Headers about the content of an object that S3 clients expect to get back as they sent them. They
// are kept in the metadata of its entry, under keys that the reference keeps for what is no user
// metadata (docs/formats/object-metadata.md), so that entries stay readable for it. Level 7;
// constant data and pure functions.
#pragma once

#include <string_view>

#include "codec/entry.h"

namespace tarn::catalog {

/// What keys begin with that are no user metadata.
inline constexpr std::string_view kInternalKeyPrefix = "::lakefs::";

struct ContentHeader {
  std::string_view name;
  std::string_view key;  ///< In the metadata of an entry.
  bool of_cache;         ///< Also told to those who have the object already (304).
};

inline constexpr ContentHeader kContentHeaders[] = {
    {"Cache-Control", "::lakefs::cache-control", true},
    {"Content-Disposition", "::lakefs::content-disposition", false},
    {"Content-Encoding", "::lakefs::content-encoding", false},
    {"Content-Language", "::lakefs::content-language", false},
    {"Expires", "::lakefs::expires", true},
};

/// Adds to `metadata` the content headers of `from` that it does not name itself.
void KeepContentHeaders(const Metadata& from, Metadata* metadata);

}  // namespace tarn::catalog
