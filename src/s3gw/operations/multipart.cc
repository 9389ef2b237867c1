#include <algorithm>
#include <string>
#include <utility>

#include "codec/go_number.h"
#include "codec/xml_writer.h"
#include "s3gw/documents/xml_requests.h"
#include "s3gw/documents/xml_time.h"
#include "s3gw/object_headers.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/uploads.h"
#include "s3gw/operations/write_checks.h"
#include "serving/entity_tag.h"
#include "versioning/branch/branches.h"

namespace tarn::s3gw {
namespace {

/// Most parts of a page.
constexpr int64_t kPartsMax = 1000;

/// Where the client may read what it has completed. A proxy that ends TLS says so.
std::string LocationOf(const Call& call) {
  const http::RequestHead& head = call.head();
  const bool tls =
      head.tls || head.Get("X-Forwarded-Proto") == "https" || head.Get("X-Forwarded-Ssl") == "on";
  std::string location = tls ? "https://" : "http://";
  location.append(head.Get("Host")).append("/");
  if (!call.target().matched_host) location.append(call.target().repository).append("/");
  return location + call.target().key();
}

/// Whether the parts make up an object of the size that x-amz-mp-object-size announces.
std::optional<Answer> CheckObjectSize(const Call& call, std::string_view upload_id,
                                      const std::vector<catalog::PartTag>& parts) {
  const auto header = call.head().Find("x-amz-mp-object-size");
  if (!header) return std::nullopt;
  const ReadInteger announced = ReadDecimalInteger(*header);
  int64_t size = 0;
  const auto place = catalog::MultipartUploads::PlaceOf(call.repository(), upload_id);
  auto wanted = parts.begin();
  for (int64_t after = 0; wanted != parts.end();) {
    const auto page =
        call.catalog().multipart().ListParts(place, after, static_cast<int>(kPartsMax));
    if (!page.ok()) return UploadFailed(page.status());
    for (const catalog::UploadedPart& part : page->items) {
      after = part.number;
      if (wanted == parts.end() || part.number != wanted->number) continue;
      size += part.size;
      ++wanted;
    }
    if (!page->has_more) break;
  }
  if (announced.error == NumberError::kNone && announced.value == size) return std::nullopt;
  return Answer(Failure(Error::kInvalidRequest,
                        "The provided 'x-amz-mp-object-size' header does not match what was "
                        "computed: " +
                            std::to_string(size)));
}

}  // namespace

Answer CreateMultipartUpload(Call& call) {
  TARN_TRY(CheckWriteTarget(call));
  auto headers = ReadObjectHeaders(call.head());
  if (!headers.ok()) return headers.failure();
  catalog::MultipartUpload start;
  start.branch = call.branch();
  start.path = call.path();
  start.metadata = std::move(headers->metadata);
  start.content_type = std::move(headers->content_type);
  TARN_TRY_ASSIGN(const auto upload,
                  call.catalog().multipart().Start(call.repository(), std::move(start)));
  std::string text;
  XmlWriter(&text)
      .Begin("InitiateMultipartUploadResult")
      .Element("Bucket", call.target().repository)
      .Element("Key", call.target().key())
      .Element("UploadId", upload.id)
      .End("InitiateMultipartUploadResult");
  return XmlAnswer(text);
}

Answer ListParts(Call& call) {
  const auto upload = call.catalog().multipart().Find(call.repository(), UploadNameOf(call));
  if (!upload.ok()) return UploadFailed(upload.status());
  const auto number = [&](std::string_view key) -> std::optional<int64_t> {
    const std::string_view text = call.query().Get(key);
    return text.empty() ? 0 : ReadQueryNumber(text);
  };
  const auto wanted = number("max-parts"), after = number("part-number-marker");
  if (!wanted || *wanted < 0)
    return Failure(Error::kInvalidArgument,
                   "Argument max-parts must be an integer between 0 and 2147483647");
  if (!after || *after < 0) return Error::kInvalidPartNumberMarker;
  const int64_t amount = *wanted == 0 ? kPartsMax : std::min(*wanted, kPartsMax);
  TARN_TRY_ASSIGN(const auto page,
                  call.catalog().multipart().ListParts(
                      catalog::MultipartUploads::PlaceOf(call.repository(), upload->id), *after,
                      static_cast<int>(amount)));
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("ListPartsResult").Element("Bucket", call.target().repository);
  xml.Flag("IsTruncated", page.has_more).Element("Key", call.target().key());
  xml.Element("MaxParts", *wanted);
  xml.Element("NextPartNumberMarker", page.items.empty() ? 0 : page.items.back().number);
  for (const catalog::UploadedPart& part : page.items) {
    xml.Begin("Part").Element("PartNumber", part.number).Element("ETag", part.checksum);
    xml.Element("LastModified", FormatXmlTime(part.last_modified)).Element("Size", part.size);
    xml.End("Part");
  }
  xml.End("ListPartsResult");
  return XmlAnswer(text);
}

Answer CompleteMultipartUpload(Call& call) {
  TARN_TRY(CheckWriteTarget(call));
  const catalog::UploadName name = UploadNameOf(call);
  catalog::MultipartUploads& uploads = call.catalog().multipart();
  if (const auto upload = uploads.Find(call.repository(), name); !upload.ok())
    return UploadFailed(upload.status());
  const WriteCondition condition = ReadWriteCondition(call.head());
  if (!condition.supported) {
    const bool exists =
        condition.condition == versioning::SetCondition::kAbsent &&
        call.catalog().GetEntry(call.repository(), name.branch.view(), name.path).ok();
    return exists ? Error::kPreconditionFailed : Error::kNotImplemented;
  }
  auto parts = ReadCompleteRequest(call.document());
  if (!parts.ok() || parts->empty()) return Error::kMalformedXml;
  catalog::CompletionRequest request;
  request.is_found = true;
  request.condition = condition.condition;
  for (CompletedPart& part : *parts) {
    if (!request.parts.empty() && part.number <= request.parts.back().number)
      return Error::kInvalidPartOrder;
    request.parts.push_back({part.number, std::move(part.entity_tag)});
  }
  if (auto refused = CheckObjectSize(call, name.id, request.parts)) return *std::move(refused);
  const auto done = uploads.Complete(call.repository(), name, request);
  if (!done.ok()) return UploadFailed(done.status());
  std::string text;
  XmlWriter(&text)
      .Begin("CompleteMultipartUploadResult")
      .Element("Location", LocationOf(call))
      .Element("Bucket", call.target().repository)
      .Element("Key", call.target().key())
      .Element("ETag", serving::EntityTag(done->entry.checksum))
      .End("CompleteMultipartUploadResult");
  return XmlAnswer(text);
}

Answer AbortMultipartUpload(Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  const Status ended = call.catalog().multipart().Abort(call.repository(), UploadNameOf(call));
  if (!ended.ok()) return UploadFailed(ended);
  return EmptyAnswer(204);
}

}  // namespace tarn::s3gw
