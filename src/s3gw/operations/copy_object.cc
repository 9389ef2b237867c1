#include <string>
#include <utility>

#include "codec/xml_writer.h"
#include "s3gw/call.h"
#include "s3gw/documents/xml_time.h"
#include "s3gw/object_headers.h"
#include "s3gw/operations/copy_source.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/write_checks.h"
#include "serving/entity_tag.h"

namespace tarn::s3gw {
namespace {

/// What is wrong with a copy is told in words, because the error codes of S3 leave open which of
/// the two objects is meant. Failures of ours stay what they are.
Answer CopyFailed(const Status& status) {
  if (IsMissing(status.code()) || status.code() == Code::kDataNotFound) return Error::kNoSuchKey;
  if (IsServerFailure(status.code()) || status.code() == Code::kPreconditionFailed) return status;
  return Failure(Error::kInvalidRequest, std::string(status.message()));
}

}  // namespace

Answer CopyObject(Call& call) {
  TARN_TRY(CheckWriteTarget(call));
  auto source = ReadCopySource(call.Header("x-amz-copy-source"));
  if (!source.ok()) return source.failure();
  catalog::CopyRequest request;
  request.branch = call.branch();
  request.branch_is_found = true;
  request.path = call.path();
  request.source_ref = std::move(source->ref);
  request.source_path = std::move(source->path);
  if (call.Header("x-amz-metadata-directive") == "REPLACE") {
    auto headers = ReadObjectHeaders(call.head());
    if (!headers.ok()) return headers.failure();
    request.metadata = std::move(headers->metadata);
    request.content_type = std::move(headers->content_type);
  }
  const WriteCondition condition = ReadWriteCondition(call.head());
  if (!condition.supported) return Error::kNotImplemented;
  request.condition = condition.condition;
  std::optional<Failure> refused;
  request.check_source = [&](const Entry& entry) -> Status {
    refused = CheckCopyConditions(call.head(), entry);
    return refused ? Status(Code::kPreconditionFailed) : Status();
  };
  if (source->repository != call.repository().id.str()) {
    auto repository = call.catalog().GetRepository(RepositoryId(source->repository));
    if (!repository.ok()) return CopyFailed(repository.status());
    request.source_repository = *std::move(repository);
  }
  const auto copy = call.catalog().CopyObject(call.repository(), request);
  if (refused) return *std::move(refused);
  if (!copy.ok()) return CopyFailed(copy.status());
  std::string text;
  XmlWriter(&text)
      .Begin("CopyObjectResult")
      .Element("LastModified", FormatXmlTime(copy->entry.last_modified))
      .Element("ETag", serving::EntityTag(copy->entry.checksum))
      .End("CopyObjectResult");
  return XmlAnswer(text);
}

}  // namespace tarn::s3gw
