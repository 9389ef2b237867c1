#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "codec/xml_writer.h"
#include "s3gw/documents/xml_time.h"
#include "s3gw/operations/copy_source.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/uploads.h"
#include "s3gw/operations/write_checks.h"
#include "serving/entity_tag.h"
#include "serving/range_header.h"

namespace tarn::s3gw {
namespace {

/// Most bytes that S3 takes in one part.
constexpr int64_t kPartBytesMax = int64_t{5} << 30;

class PartTaker : public BodyTaker {
 public:
  PartTaker(std::unique_ptr<catalog::PartUpload> part, std::optional<Md5Digest> announced_md5)
      : part_(std::move(part)), announced_md5_(announced_md5) {}

  Status Take(std::span<const char> bytes) override {
    size_ += static_cast<int64_t>(bytes.size());
    if (size_ > kPartBytesMax) return Status(Code::kTooLarge);
    return part_->Write(bytes);
  }

  Answer Finish(Call&) override {
    if (announced_md5_ && part_->Digest() != *announced_md5_) return Error::kBadDigest;
    const auto part = part_->Finish();
    if (!part.ok()) return UploadFailed(part.status());
    http::Response response;
    response.Add("ETag", serving::EntityTag(part->checksum));
    return response;
  }

 private:
  const std::unique_ptr<catalog::PartUpload> part_;
  const std::optional<Md5Digest> announced_md5_;
  int64_t size_ = 0;
};

/// The part that a request is about.
struct Place {
  catalog::UploadPlace upload;
  int64_t number = 0;
};

/// All that can be refused about a part's place.
std::variant<Place, Answer> FindPlace(const Call& call) {
  if (Status status = CheckWriteTarget(call); !status.ok()) return Answer(std::move(status));
  const auto number = ReadQueryNumber(call.query().Get("partNumber"));
  if (!number) return Answer(Error::kInvalidPartNumberMarker);
  const auto upload = call.catalog().multipart().Find(call.repository(), UploadNameOf(call));
  if (!upload.ok()) return UploadFailed(upload.status());
  if (const Status status = catalog::CheckPartNumber(*number); !status.ok())
    return Answer(Failure(Error::kInvalidArgument, std::string(status.message())));
  return Place{catalog::MultipartUploads::PlaceOf(call.repository(), upload->id), *number};
}

/// A source that is not there is a wrong source; failures of ours stay what they are.
Answer SourceFailed(const Status& status) {
  const bool wrong = IsMissing(status.code()) || status.code() == Code::kInvalidValue;
  return wrong ? Answer(Error::kInvalidCopySource) : Answer(status);
}

/// An object to copy a part from.
struct Source {
  std::unique_ptr<block::ObjectStream> stream;
  int64_t length = 0;
};

std::variant<Source, Answer> OpenSource(const Call& call, const CopySource& from) {
  const auto repository = call.catalog().GetRepository(RepositoryId(from.repository));
  if (!repository.ok()) return SourceFailed(repository.status());
  const auto entry = call.catalog().GetEntry(*repository, from.ref, from.path);
  if (!entry.ok()) return SourceFailed(entry.status());
  if (auto refused = CheckCopyConditions(call.head(), *entry)) return Answer(*std::move(refused));
  const auto range = ReadCopyRange(call.head(), entry->size);
  if (!range.ok()) return Answer(range.failure());
  if (range->length > kPartBytesMax) return Answer(Error::kEntityTooLarge);
  auto stream = call.catalog().OpenObject(*repository, *entry, {range->offset, range->length});
  if (!stream.ok()) return SourceFailed(stream.status());
  return Source{*std::move(stream), range->length};
}

}  // namespace

Opening UploadPart(Call& call) {
  auto found = FindPlace(call);
  if (auto* refused = std::get_if<Answer>(&found)) return std::move(*refused);
  const Place& place = std::get<Place>(found);
  auto md5 = ReadContentMd5(call.head());
  if (!md5.ok()) return md5.failure();
  if (call.body_bytes().value_or(0) > kPartBytesMax) return Error::kEntityTooLarge;
  auto part = call.catalog().multipart().BeginPart(place.upload, place.number, call.body_bytes());
  if (!part.ok()) return UploadFailed(part.status());
  std::unique_ptr<BodyTaker> taker = std::make_unique<PartTaker>(*std::move(part), *md5);
  return taker;
}

Answer UploadPartCopy(Call& call) {
  auto found = FindPlace(call);
  if (auto* refused = std::get_if<Answer>(&found)) return std::move(*refused);
  const Place& place = std::get<Place>(found);
  const auto from = ReadCopySource(call.Header("x-amz-copy-source"));
  if (!from.ok()) return from.failure();
  auto opened = OpenSource(call, *from);
  if (auto* refused = std::get_if<Answer>(&opened)) return std::move(*refused);
  const Source& source = std::get<Source>(opened);
  const auto part = call.catalog().multipart().CopyPart(place.upload, place.number, *source.stream,
                                                        source.length);
  if (!part.ok()) return UploadFailed(part.status());
  std::string text;
  XmlWriter(&text)
      .Begin("CopyObjectResult")
      .Element("LastModified", FormatXmlTime(part->last_modified))
      .Element("ETag", serving::EntityTag(part->checksum))
      .End("CopyObjectResult");
  return XmlAnswer(text);
}

}  // namespace tarn::s3gw
