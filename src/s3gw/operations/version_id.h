// Version ids. Nothing is versioned in the sense of S3, so each object has the one version "null",
// as in a bucket that never was versioned; others must not be taken for it. Level 8; pure
// functions.
#pragma once

#include <optional>
#include <string_view>

#include "s3gw/errors.h"

namespace tarn::s3gw {

/// Nothing for "null"; kNoSuchVersion for other ids, kInvalidArgument for an empty one.
std::optional<Failure> CheckVersionId(std::string_view id);

}  // namespace tarn::s3gw
