// What the operations of uploads in parts share. Level 8; thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "catalog/multipart.h"
#include "s3gw/call.h"

namespace tarn::s3gw {

/// The upload that a request names: by its id, the ref and the path.
catalog::UploadName UploadNameOf(const Call& call);

/// A failure of an upload as S3 tells it: kNoSuchUpload, kInvalidPart, or as anywhere else.
Answer UploadFailed(const Status& status);

/// A number in a query, within 32 bits; nothing if it is none.
std::optional<int64_t> ReadQueryNumber(std::string_view text);

}  // namespace tarn::s3gw
