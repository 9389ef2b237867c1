#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/text.h"
#include "block/namespace_address.h"
#include "codec/url.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "rest/handlers/link_address.h"
#include "rest/presigned/presign.h"
#include "versioning/repository/own_address.h"

// Addresses for objects that clients write to the store themselves. What is handed out is signed
// for its repository, branch and path, and can be linked for a day.

namespace tarn::rest {
namespace {

/// Where an entry has to point for an address that a client sent.
Status SetAddress(const Call& call, const refs::Repository& repository, std::string_view sent,
                  Entry* entry) {
  std::optional<std::string> relative = RelativeLinkAddress(call, repository, sent);
  if (relative) {
    entry->address = *std::move(relative);
    entry->address_type = AddressType::kRelative;
    return CheckLinkAddress(call, entry->address);
  }
  relative =
      block::AddressInNamespace(call.context().objects, repository.storage_namespace.view(), sent);
  if (relative) {
    entry->address = *std::move(relative);
    entry->address_type = AddressType::kRelative;
    return versioning::CheckNotReserved(call.context(), entry->address);
  }
  // Anything else is taken as it is, if it can be read as an address at all: one that cannot would
  // make every listing with this path fail.
  Result<Uri> uri = ParseRequestUri(sent);
  if (!uri.ok())
    return {Code::kInvalidAddress,
            fmt::format("could not parse URI: {}: invalid address", uri.status().message())};
  if (uri->scheme.empty())
    return {Code::kInvalidAddress,
            fmt::format("address without scheme: {}: invalid address", sent)};
  entry->address = sent;
  entry->address_type = AddressType::kFull;
  return {};
}

}  // namespace

Result<http::Response> GetPhysicalAddress(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  const std::string address = NewLinkAddress(call);
  std::optional<block::PresignedUrl> url;
  if (call.Flag("presign")) {
    TARN_TRY_ASSIGN(url, PresignWrite(call, repository, address));
  }
  TARN_TRY_ASSIGN(const std::string full,
                  call.catalog().PhysicalAddress(repository, address, AddressType::kRelative));
  JsonBuilder json;
  json.writer.BeginObject().Field("physical_address", full).Key("presigned_url");
  if (url) {
    json.writer.String(url->url).Field("presigned_url_expiry", url->expires_seconds);
  } else {
    json.writer.Null();
  }
  json.writer.EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> LinkPhysicalAddress(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  const Json& body = call.body();
  const std::string sent(body.Find("staging")->StringAt("physical_address").value_or(""));
  Entry entry;
  TARN_TRY(SetAddress(call, repository, sent, &entry));
  const std::string checksum = call.BodyText("checksum");
  entry.checksum = Trim(checksum, "\" ");
  if (entry.checksum.empty()) return Status(Code::kInvalidRequest, "checksum is required");
  const bool if_absent = call.Text("If-None-Match") == "*";
  if (call.Has("If-Match") || (call.Has("If-None-Match") && !if_absent))
    return Status(Code::kNotImplemented, "Not Implemented");
  entry.size = body.IntAt("size_bytes").value_or(0);
  entry.metadata = call.BodyMap("user_metadata");
  entry.content_type = call.BodyText("content_type");
  if (entry.content_type.empty()) entry.content_type = kDefaultContentType;
  entry.last_modified = call.context().clock.Now();
  if (const auto seconds = body.IntAt("mtime")) entry.last_modified = {*seconds, 0};

  const Status linked = call.catalog().LinkObject(
      repository, BranchId(call.Text("branch")), call.Text("path"), entry,
      if_absent ? versioning::SetCondition::kAbsent : versioning::SetCondition::kNone,
      call.BodyFlag("force"));
  if (linked.code() == Code::kPreconditionFailed)
    return Status(Code::kPreconditionFailed, "Precondition failed");
  TARN_TRY(linked);
  JsonBuilder json;
  WriteObjectStats(&json.writer, {.path = call.Text("path"),
                                  .physical_address = sent,
                                  .checksum = entry.checksum,
                                  .content_type = entry.content_type,
                                  .size = entry.size,
                                  .modified_seconds = entry.last_modified.seconds,
                                  .metadata = &entry.metadata});
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
