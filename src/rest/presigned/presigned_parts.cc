#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "catalog/client_upload.h"
#include "catalog/multipart.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "rest/handlers/link_address.h"
#include "rest/presigned/presign.h"
#include "serving/range_header.h"

// Uploads in parts that clients write to presigned URLs: of the store, where that has such uploads,
// else of the server, which puts the parts together.

namespace tarn::rest {
namespace {

Status CheckSupported(const Call& call) {
  if (call.context().objects.info().presign_multipart_support) return {};
  return {Code::kNotImplemented, "presign multipart upload API is not supported"};
}

/// The relative address that the body names, its signature checked.
Result<std::string> AddressOf(const Call& call, const refs::Repository& repository) {
  const std::string sent = call.BodyText("physical_address");
  if (sent.empty()) return Status(Code::kInvalidRequest, "physical_address is required");
  std::optional<std::string> relative = RelativeLinkAddress(call, repository, sent);
  if (!relative)
    return Status(Code::kInvalidRequest,
                  "physical address must be relative to the storage namespace");
  TARN_TRY(CheckLinkAddress(call, *relative));
  return *std::move(relative);
}

/// The upload that the request names at an address whose signature was checked.
catalog::UploadName NameOf(const Call& call, std::string address) {
  return {.id = std::string(call.Text("uploadId")),
          .branch = BranchId(call.Text("branch")),
          .path = std::string(call.Text("path")),
          .address = std::move(address)};
}

std::vector<catalog::PartTag> PartsOf(const Call& call) {
  std::vector<catalog::PartTag> parts;
  const Json* list = call.body().Find("parts");
  if (!list) return parts;
  for (const Json& part : list->items())
    parts.push_back(
        {part.IntAt("part_number").value_or(0), std::string(part.StringAt("etag").value_or(""))});
  return parts;
}

/// The bytes that a part copy asks for.
Result<serving::ByteRange> RangeOf(const Json& from, int64_t size) {
  const std::string_view text = from.StringAt("range").value_or("");
  if (text.empty()) return serving::ByteRange{0, size};
  const serving::ReadRange read = serving::ReadRangeHeader(text, size);
  if (read.kind != serving::RangeKind::kGood)
    return Status(Code::kInvalidRequest,
                  "parse range \"" + std::string(text) + "\": not a range of the object");
  return read.range;
}

/// What to copy a part from.
struct PartSource {
  refs::Repository repository;
  Entry entry;
  serving::ByteRange range;
  std::string prefix;  ///< Of messages about it.
  block::ObjectPointer object() const {
    return {repository.storage_namespace.view(), entry.address, entry.address_type};
  }
};

Result<PartSource> FindSource(const Call& call, const Json& from) {
  const auto text = [&](std::string_view name) {
    return std::string(from.StringAt(name).value_or(""));
  };
  const std::string prefix = text("repository") + "/" + text("ref") + "/" + text("path") + ": ";
  auto repository = call.catalog().GetRepository(RepositoryId(text("repository")));
  if (!repository.ok()) return std::move(repository).status().Prefixed(prefix);
  auto entry = call.catalog().GetEntry(*repository, text("ref"), text("path"));
  if (!entry.ok()) return std::move(entry).status().Prefixed(prefix);
  TARN_TRY_ASSIGN(const serving::ByteRange range, RangeOf(from, entry->size));
  return PartSource{*std::move(repository), *std::move(entry), range, prefix};
}

block::ClientUploads* StoreUploads(const Call& call) {
  return call.context().objects.client_uploads();
}

block::ClientUpload StoreUpload(const Call& call, const refs::Repository& repository,
                                std::string_view address) {
  return {{repository.storage_namespace.view(), address}, call.Text("uploadId")};
}

/// Makes a URL for each part.
using PresignPartFunction = std::function<Result<block::PresignedUrl>(int64_t number)>;

/// Begins an upload of the store, or one of the server; its id, and its URLs.
Result<std::string> Begin(const Call& call, const refs::Repository& repository,
                          const std::string& address, PresignPartFunction* presign) {
  if (block::ClientUploads* const uploads = StoreUploads(call)) {
    const block::ObjectPointer object{repository.storage_namespace.view(), address};
    TARN_TRY_ASSIGN(const std::string id, uploads->Begin(object));
    *presign = [=](int64_t number) { return uploads->PresignPart({object, id}, number); };
    return id;
  }
  catalog::MultipartUpload start;
  start.branch = BranchId(call.Text("branch"));
  start.path = call.Text("path");
  start.address = address;
  start.presigned = true;
  TARN_TRY_ASSIGN(const auto upload,
                  call.catalog().multipart().Start(repository, std::move(start)));
  *presign = [&call, &repository, id = upload.id](int64_t number) {
    return PresignPart(call, repository, id, number);
  };
  return upload.id;
}

/// The part that a copy has made, by its entity tag.
Result<std::string> CopyPart(Call& call, const refs::Repository& repository,
                             const std::string& address, const PartSource& source) {
  const int64_t number = call.Value("partNumber").integer;
  if (block::ClientUploads* const uploads = StoreUploads(call)) {
    TARN_TRY(catalog::CheckPartNumber(number));
    if (source.range.length == 0) {
      return Status(Code::kInvalidRequest, source.prefix + "there is nothing to copy");
    }
    return uploads->CopyPart(StoreUpload(call, repository, address), number, source.object(),
                             {source.range.offset, source.range.length});
  }
  auto stream = call.catalog().OpenObject(source.repository, source.entry,
                                          {source.range.offset, source.range.length});
  if (!stream.ok()) return std::move(stream).status().Prefixed(source.prefix);
  catalog::MultipartUploads& multipart = call.catalog().multipart();
  TARN_TRY_ASSIGN(const auto upload, multipart.Find(repository, NameOf(call, address)));
  TARN_TRY_ASSIGN(const auto part,
                  multipart.CopyPart(catalog::MultipartUploads::PlaceOf(repository, upload.id),
                                     number, **stream, source.range.length));
  return part.checksum;
}

}  // namespace

Result<http::Response> CreatePresignMultipartUpload(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(CheckSupported(call));
  const BranchId branch(call.Text("branch"));
  const auto found = call.refs().GetBranch(repository, branch);
  if (found.code() == Code::kBranchNotFound)
    return Status(Code::kBranchNotFound, "branch '" + branch.str() + "' not found");
  TARN_TRY(found.status());
  const int64_t parts = call.Value("parts").integer;
  if (parts < 0 || parts > catalog::kPartNumberMax)
    return Status(Code::kInvalidRequest, "parts can be between 0 and 10000");

  const std::string address = NewLinkAddress(call);
  TARN_TRY_ASSIGN(const std::string full,
                  call.catalog().PhysicalAddress(repository, address, AddressType::kRelative));
  PresignPartFunction presign;
  TARN_TRY_ASSIGN(const std::string id, Begin(call, repository, address, &presign));
  JsonBuilder json;
  json.writer.BeginObject().Field("physical_address", full);
  if (parts > 0) {
    json.writer.Key("presigned_urls").BeginArray();
    for (int64_t number = 1; number <= parts; ++number) {
      TARN_TRY_ASSIGN(const auto url, presign(number));
      json.writer.String(url.url);
    }
    json.writer.EndArray();
  }
  json.writer.Field("upload_id", id).EndObject();
  return std::move(json).Answer(201);
}

Result<http::Response> UploadPart(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const std::string address, AddressOf(call, repository));
  if (!CheckSupported(call).ok()) return Status(Code::kUnsupported, "operation not supported");
  const int64_t number = call.Value("partNumber").integer;
  TARN_TRY(catalog::CheckPartNumber(number));
  block::PresignedUrl url;
  if (block::ClientUploads* const uploads = StoreUploads(call)) {
    TARN_TRY_ASSIGN(url, uploads->PresignPart(StoreUpload(call, repository, address), number));
  } else {
    TARN_TRY_ASSIGN(const auto upload,
                    call.catalog().multipart().Find(repository, NameOf(call, address)));
    TARN_TRY_ASSIGN(url, PresignPart(call, repository, upload.id, number));
  }
  JsonBuilder json;
  json.writer.BeginObject().Field("presigned_url", url.url).EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> UploadPartCopy(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY_ASSIGN(const std::string address, AddressOf(call, repository));
  const Json& from = *call.body().Find("copy_source");
  TARN_TRY_ASSIGN(const PartSource source, FindSource(call, from));
  TARN_TRY_ASSIGN(const std::string tag, CopyPart(call, repository, address, source));
  http::Response response = EmptyAnswer(204);
  response.Add("ETag", WithoutQuotes(tag));
  return response;
}

Result<http::Response> CompletePresignMultipartUpload(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(CheckSupported(call));
  TARN_TRY_ASSIGN(const std::string address, AddressOf(call, repository));
  catalog::CompletionRequest request;
  request.parts = PartsOf(call);
  request.metadata = call.BodyMap("user_metadata");
  request.content_type = call.BodyText("content_type");
  const catalog::UploadName name = NameOf(call, address);
  block::ClientUploads* const uploads = StoreUploads(call);
  TARN_TRY_ASSIGN(
      const catalog::PathEntry done,
      uploads ? catalog::CompleteClientUpload(call.catalog(), *uploads, repository, name, request)
              : call.catalog().multipart().Complete(repository, name, request));
  const Entry& entry = done.entry;
  JsonBuilder json;
  WriteObjectStats(&json.writer, {.path = call.Text("path"),
                                  .physical_address = entry.address,
                                  .checksum = entry.checksum,
                                  .content_type = entry.content_type,
                                  .size = entry.size,
                                  .modified_seconds = entry.last_modified.seconds,
                                  .metadata = &entry.metadata});
  return std::move(json).Answer(200);
}

Result<http::Response> AbortPresignMultipartUpload(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(CheckSupported(call));
  TARN_TRY_ASSIGN(const std::string address, AddressOf(call, repository));
  if (block::ClientUploads* const uploads = StoreUploads(call)) {
    const Status aborted = uploads->Abort(StoreUpload(call, repository, address));
    if (aborted.code() == Code::kNotFound) return Status(Code::kNotFound, "upload not found");
    TARN_TRY(aborted);
  } else {
    TARN_TRY(call.catalog().multipart().Abort(repository, NameOf(call, address)));
  }
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
