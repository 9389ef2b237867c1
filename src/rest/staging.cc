#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/xid.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/url.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/encoders.h"
#include "rest/handlers.h"

// Addresses for objects that clients write to the store themselves. What is handed out is signed
// for its repository, branch and path, and can be linked for a day.

namespace tarn::rest {
namespace {

constexpr int64_t kLinkSecondsMax = 24 * 3600;
constexpr std::string_view kDataPrefix = "data/";

/// What the signature of an address covers; `address` is relative and without signature.
std::string SignedText(const Call& call, std::string_view address) {
  JsonBuilder json;
  json.writer.BeginObject().Field("Repository", call.Text("repository"));
  json.writer.Field("Branch", call.Text("branch")).Field("Path", call.Text("path"));
  json.writer.Field("PhysicalAddress", address).EndObject();
  return std::move(json.text);
}

Sha256Digest SignatureOf(const Call& call, std::string_view signed_text) {
  return HmacSha256(call.options().signing_secret_key, signed_text);
}

/// Comparison whose duration does not tell where the texts differ.
bool EqualsInConstantTime(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

/// Checks signature and age of a relative address "data/<partition>/<xid>,<signature>".
Status CheckSigned(const Call& call, std::string_view address) {
  const size_t comma = address.rfind(',');
  if (comma == std::string_view::npos)
    return {Code::kLinkAddressInvalid, "address is not signed: link address invalid"};
  const std::string_view bare = address.substr(0, comma);
  const std::string text = SignedText(call, bare);
  const std::optional<std::string> signature =
      DecodeBase64(address.substr(comma + 1), Base64::kUrlUnpadded);
  if (!signature)
    return {Code::kLinkAddressInvalid,
            fmt::format("malformed address signature: {}: link address invalid", text)};
  if (!EqualsInConstantTime(*signature, AsView(SignatureOf(call, text))))
    return {Code::kInvalidAddress, "invalid address signature: invalid address"};
  const std::optional<uint32_t> made = XidSeconds(bare.substr(bare.rfind('/') + 1));
  if (!made) return {Code::kLinkAddressInvalid, "link address invalid"};
  if (call.context().clock.Now().seconds - int64_t{*made} > kLinkSecondsMax)
    return {Code::kLinkAddressExpired, "link address expired"};
  return {};
}

/// Where an entry has to point for an address that a client sent.
Status SetAddress(const Call& call, const refs::Repository& repository, std::string_view sent,
                  Entry* entry) {
  std::string prefix = repository.storage_namespace.str();
  if (!prefix.ends_with('/')) prefix += '/';
  if (sent.starts_with(prefix + std::string(kDataPrefix))) {
    entry->address = sent.substr(prefix.size());
    entry->address_type = AddressType::kRelative;
    return CheckSigned(call, entry->address);
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

/// In these two operations a malformed id counts as a failure of the server, as in the reference.
Result<refs::Repository> RepositoryOfStaging(const Call& call) {
  Result<refs::Repository> repository = call.Repository();
  if (repository.code() != Code::kInvalidValue) return repository;
  return Status(Code::kInternal, std::string(repository.status().message()));
}

std::string_view TrimQuotes(std::string_view text) {
  constexpr std::string_view kTrimmed = "\" ";
  const size_t begin = text.find_first_not_of(kTrimmed);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kTrimmed) - begin + 1);
}

}  // namespace

Result<http::Response> GetPhysicalAddress(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, RepositoryOfStaging(call));
  if (call.Flag("presign"))
    return Status(Code::kInternal, call.context().objects.info().type +
                                       " adapter presigned URL: operation not supported");
  const std::string address = call.catalog().NewAddress();
  TARN_TRY_ASSIGN(std::string full,
                  call.catalog().PhysicalAddress(repository, address, AddressType::kRelative));
  full += ',';
  AppendBase64(&full, AsView(SignatureOf(call, SignedText(call, address))), Base64::kUrlUnpadded);
  JsonBuilder json;
  json.writer.BeginObject().Field("physical_address", full);
  json.writer.Key("presigned_url").Null().EndObject();
  return std::move(json).Answer(200);
}

Result<http::Response> LinkPhysicalAddress(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, RepositoryOfStaging(call));
  const Json& body = call.body();
  const std::string sent(body.Find("staging")->StringAt("physical_address").value_or(""));
  Entry entry;
  TARN_TRY(SetAddress(call, repository, sent, &entry));
  const std::string checksum = call.BodyText("checksum");
  entry.checksum = TrimQuotes(checksum);
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
