#include "block/s3/location.h"

#include "http/signature_v4.h"

namespace tarn::block::s3 {

std::string CopySourceOf(const Location& location) {
  std::string source;
  http::AppendSignedText(&source, location.bucket + "/" + location.key, http::Slashes::kPlain);
  return source;
}

}  // namespace tarn::block::s3
