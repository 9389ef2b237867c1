#include <algorithm>
#include <string>

#include "codec/xml_writer.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/marker.h"
#include "s3gw/operations/uploads.h"

namespace tarn::s3gw {
namespace {

/// Most uploads of a page, also when all are asked for.
constexpr int64_t kUploadsMax = 1000;

}  // namespace

// Keys are paths without the ref, as in the reference.
Answer ListMultipartUploads(Call& call) {
  const Query& query = call.query();
  for (const std::string_view key : {"prefix", "delimiter", "encoding-type"})
    if (!query.Get(key).empty()) return Error::kNotImplemented;
  int64_t wanted = kUploadsMax;
  if (const std::string_view text = query.Get("max-uploads"); !text.empty()) {
    const auto number = ReadQueryNumber(text);
    if (!number || *number < 0) return Error::kInvalidMaxUploads;
    wanted = std::min(*number, kUploadsMax);
  }
  const int amount = static_cast<int>(wanted == 0 ? kUploadsMax : wanted);
  TARN_TRY_ASSIGN(const auto page, call.catalog().multipart().List(
                                       call.repository(), ReadMarker(query.Get("key-marker")),
                                       query.Get("upload-id-marker"), amount));
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("ListMultipartUploadsResult").Element("Bucket", call.target().repository);
  for (const catalog::MultipartUpload& upload : page.items) {
    xml.Begin("Upload").Element("Key", upload.path).Element("UploadId", upload.id).End("Upload");
  }
  if (page.has_more) {
    xml.Element("NextKeyMarker", MarkerText(page.items.back().path));
    xml.Element("NextUploadIdMarker", page.items.back().id).Flag("IsTruncated", true);
  }
  if (wanted > 0) xml.Element("MaxUploads", wanted);
  xml.End("ListMultipartUploadsResult");
  return XmlAnswer(text);
}

}  // namespace tarn::s3gw
