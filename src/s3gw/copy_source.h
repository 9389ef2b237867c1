// The x-amz-copy-source header. Level 8; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "s3gw/answer.h"

namespace tarn::s3gw {

/// The object that a copy reads; the ref may be any ref expression.
struct CopySource {
  std::string repository, ref, path;
};

/// Reads "[/]repository/ref/path", escaped as in a query where that is valid, else as it stands.
/// kInvalidCopySource.
Expected<CopySource> ReadCopySource(std::string_view header);

}  // namespace tarn::s3gw
