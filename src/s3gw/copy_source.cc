#include "s3gw/copy_source.h"

#include "codec/url.h"

namespace tarn::s3gw {

Expected<CopySource> ReadCopySource(std::string_view header) {
  const auto unescaped = QueryUnescape(header);
  std::string_view text = unescaped.ok() ? std::string_view(*unescaped) : header;
  while (text.starts_with('/')) text.remove_prefix(1);
  const size_t ref = text.find('/');
  if (ref == std::string_view::npos) return Error::kInvalidCopySource;
  const size_t path = text.find('/', ref + 1);
  if (path == std::string_view::npos) return Error::kInvalidCopySource;
  return CopySource{.repository = std::string(text.substr(0, ref)),
                    .ref = std::string(text.substr(ref + 1, path - ref - 1)),
                    .path = std::string(text.substr(path + 1))};
}

}  // namespace tarn::s3gw
