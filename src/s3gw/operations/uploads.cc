#include "s3gw/operations/uploads.h"

#include <limits>

#include "codec/go_number.h"

namespace tarn::s3gw {

catalog::UploadName UploadNameOf(const Call& call) {
  return {.id = std::string(call.query().Get("uploadId")),
          .branch = call.branch(),
          .path = call.path(),
          .address = {}};
}

Answer UploadFailed(const Status& status) {
  if (status.code() == Code::kNotFound) return Error::kNoSuchUpload;
  if (status.code() == Code::kInvalidRequest) return Error::kInvalidPart;
  return status;
}

std::optional<int64_t> ReadQueryNumber(std::string_view text) {
  const ReadInteger read = ReadDecimalInteger(text);
  const bool fits = read.value >= std::numeric_limits<int32_t>::min() &&
                    read.value <= std::numeric_limits<int32_t>::max();
  if (read.error != NumberError::kNone || !fits) return std::nullopt;
  return read.value;
}

}  // namespace tarn::s3gw
