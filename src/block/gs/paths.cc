#include "block/gs/paths.h"

#include "http/signature_v4.h"

namespace tarn::block::gs {
namespace {

std::string Escaped(std::string_view text, http::Slashes slashes) {
  std::string escaped;
  http::AppendSignedText(&escaped, text, slashes);
  return escaped;
}

}  // namespace

std::string BucketPath(std::string_view bucket) {
  return "/storage/v1/b/" + Escaped(bucket, http::Slashes::kEscaped) + "/o";
}
std::string ObjectPath(const remote::Place& place) {
  return BucketPath(place.bucket) + "/" + Escaped(place.key, http::Slashes::kEscaped);
}
std::string UploadPath(std::string_view bucket) { return "/upload" + BucketPath(bucket); }
std::string BytesPath(const remote::Place& place) {
  return "/" + Escaped(place.bucket, http::Slashes::kEscaped) + "/" +
         Escaped(place.key, http::Slashes::kPlain);
}

std::string WithQuery(std::string path,
                      const std::vector<std::pair<std::string, std::string>>& query) {
  char separator = path.find('?') == std::string::npos ? '?' : '&';
  for (const auto& [name, value] : query) {
    path += std::exchange(separator, '&');
    http::AppendSignedText(&path, name, http::Slashes::kEscaped);
    path += '=';
    http::AppendSignedText(&path, value, http::Slashes::kEscaped);
  }
  return path;
}

}  // namespace tarn::block::gs
