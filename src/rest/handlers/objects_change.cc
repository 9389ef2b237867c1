#include "block/address.h"
#include "block/namespace_address.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "versioning/repository/own_address.h"

// Objects that come to a branch without their bytes being sent: staged by address, copied, or
// given other metadata.

namespace tarn::rest {
namespace {

Result<http::Response> Answer(Call& call, const refs::Repository& repository, std::string_view path,
                              const Entry& entry, bool with_metadata) {
  TARN_TRY_ASSIGN(const std::string address,
                  call.catalog().PhysicalAddress(repository, entry.address, entry.address_type));
  JsonBuilder json;
  WriteObjectStats(&json.writer, {.path = path,
                                  .physical_address = address,
                                  .checksum = entry.checksum,
                                  .content_type = entry.content_type,
                                  .size = entry.size,
                                  .modified_seconds = entry.last_modified.seconds,
                                  .metadata = with_metadata ? &entry.metadata : nullptr});
  return std::move(json).Answer(201);
}

/// Where an entry has to point for the address of a stored object. The object need not exist.
Status SetStoredAddress(const Call& call, const refs::Repository& repository, std::string_view sent,
                        Entry* entry) {
  const block::ObjectStore& objects = call.context().objects;
  const block::ObjectPointer object{repository.storage_namespace.view(), sent, AddressType::kFull};
  const Status readable = objects.CheckAddress(object);
  // What the store can read need not be a URI: a stray '%' in an imported name.
  if (!readable.ok()) TARN_TRY(block::Resolve(object));
  if (!block::HasFormOf(objects.info(), sent)) {
    return {Code::kInvalidAddress,
            "physical address is not valid for block adapter: " + objects.info().type};
  }
  TARN_TRY(readable);
  auto relative = block::AddressInNamespace(objects, repository.storage_namespace.view(), sent);
  if (relative) TARN_TRY(versioning::CheckNotReserved(call.context(), *relative));
  entry->address_type = relative ? AddressType::kRelative : AddressType::kFull;
  entry->address = relative ? *std::move(relative) : sent;
  return {};
}

}  // namespace

Result<http::Response> StageObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  const Json& body = call.body();
  Entry entry;
  TARN_TRY(SetStoredAddress(call, repository, call.BodyText("physical_address"), &entry));
  entry.checksum = call.BodyText("checksum");
  entry.size = body.IntAt("size_bytes").value_or(0);
  entry.metadata = call.BodyMap("metadata");
  entry.content_type = call.BodyText("content_type");
  if (entry.content_type.empty()) entry.content_type = kDefaultContentType;
  entry.last_modified = call.context().clock.Now();
  if (const auto seconds = body.IntAt("mtime")) entry.last_modified = {*seconds, 0};
  TARN_TRY(call.catalog().LinkObject(repository, BranchId(call.Text("branch")), call.Text("path"),
                                     entry, versioning::SetCondition::kNone,
                                     call.BodyFlag("force")));
  return Answer(call, repository, call.Text("path"), entry, /*with_metadata=*/false);
}

Result<http::Response> CopyObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  if (call.BodyFlag("shallow")) return Status(Code::kNotImplemented, "Not Implemented");
  catalog::CopyRequest request;
  request.branch = BranchId(call.Text("branch"));
  request.path = call.Text("dest_path");
  request.source_ref = call.BodyText("src_ref");
  if (request.source_ref.empty()) request.source_ref = request.branch.str();
  request.source_path = call.BodyText("src_path");
  request.force = call.BodyFlag("force");
  TARN_TRY_ASSIGN(const auto copy, call.catalog().CopyObject(repository, request));
  return Answer(call, repository, copy.path, copy.entry, /*with_metadata=*/true);
}

Result<http::Response> UpdateObjectUserMetadata(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(call.catalog().SetUserMetadata(repository, BranchId(call.Text("branch")),
                                          call.Text("path"), call.BodyMap("set")));
  return EmptyAnswer(204);
}

}  // namespace tarn::rest
