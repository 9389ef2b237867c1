#include "rest/presigned/presigned_url.h"

#include <algorithm>
#include <optional>

#include "codec/base64.h"
#include "codec/constant_time.h"
#include "codec/digest.h"
#include "codec/url.h"
#include "codec/wire.h"

namespace tarn::rest {
namespace {

// Fields of a token.
constexpr uint32_t kVerb = 1, kNamespace = 2, kAddress = 3, kType = 4, kExpires = 5,
                   kContentType = 6, kEntityTag = 7, kUploadPartition = 8, kUploadId = 9,
                   kPartNumber = 10;

constexpr size_t kMacBytes = sizeof(Sha256Digest);

Status NotValid() { return {Code::kForbidden, "presigned URL is not valid"}; }

std::string Fields(const PresignedRequest& request) {
  std::string fields;
  AppendVarintField(&fields, kVerb, static_cast<uint64_t>(request.verb));
  AppendBytesField(&fields, kNamespace, request.storage_namespace);
  AppendBytesField(&fields, kAddress, request.address);
  AppendVarintField(&fields, kType, static_cast<uint64_t>(request.type));
  AppendVarintField(&fields, kExpires, static_cast<uint64_t>(request.expires_seconds));
  AppendBytesField(&fields, kContentType, request.content_type);
  AppendBytesField(&fields, kEntityTag, request.entity_tag);
  AppendBytesField(&fields, kUploadPartition, request.upload_partition);
  AppendBytesField(&fields, kUploadId, request.upload_id);
  AppendVarintField(&fields, kPartNumber, static_cast<uint64_t>(request.part_number));
  return fields;
}

// The length keeps fields and file name apart.
Sha256Digest Mac(std::string_view key, std::string_view fields, std::string_view file_name) {
  std::string covered = std::to_string(fields.size()) + ":";
  covered.append(fields).append(file_name);
  return HmacSha256(key, covered);
}

// REQUIRES fields whose MAC was checked: only this server's own are read.
Result<PresignedRequest> ReadFields(std::string_view fields) {
  PresignedRequest request;
  WireReader reader(fields);
  WireField field;
  while (reader.Next(&field)) {
    if (field.is_varint(kVerb)) request.verb = static_cast<PresignedRequest::Verb>(field.varint);
    if (field.is_bytes(kNamespace)) request.storage_namespace = field.bytes;
    if (field.is_bytes(kAddress)) request.address = field.bytes;
    if (field.is_varint(kType)) request.type = static_cast<AddressType>(field.varint);
    if (field.is_varint(kExpires)) request.expires_seconds = static_cast<int64_t>(field.varint);
    if (field.is_bytes(kContentType)) request.content_type = field.bytes;
    if (field.is_bytes(kEntityTag)) request.entity_tag = field.bytes;
    if (field.is_bytes(kUploadPartition)) request.upload_partition = field.bytes;
    if (field.is_bytes(kUploadId)) request.upload_id = field.bytes;
    if (field.is_varint(kPartNumber)) request.part_number = static_cast<int64_t>(field.varint);
  }
  if (reader.failed()) return NotValid();
  return request;
}

}  // namespace

std::string PresignedPath(std::string_view key, const PresignedRequest& request) {
  const std::string fields = Fields(request);
  std::string token(AsView(Mac(key, fields, request.file_name)));
  token += fields;
  std::string path(kPresignedPrefix);
  AppendBase64(&path, token, Base64::kUrlUnpadded);
  if (!request.file_name.empty()) path.append("/").append(EscapePathSegment(request.file_name));
  return path;
}

Result<PresignedRequest> ParsePresignedPath(std::string_view key, std::string_view path) {
  path.remove_prefix(std::min(path.size(), kPresignedPrefix.size()));
  const size_t slash = std::min(path.find('/'), path.size());
  const std::optional<std::string> token =
      DecodeBase64(path.substr(0, slash), Base64::kUrlUnpadded);
  const auto file_name = PathUnescape(path.substr(std::min(slash + 1, path.size())));
  if (!token || token->size() < kMacBytes || !file_name.ok()) return NotValid();
  const std::string_view mac = std::string_view(*token).substr(0, kMacBytes);
  const std::string_view fields = std::string_view(*token).substr(kMacBytes);
  if (!EqualsInConstantTime(mac, AsView(Mac(key, fields, *file_name)))) return NotValid();
  TARN_TRY_ASSIGN(PresignedRequest request, ReadFields(fields));
  request.file_name = *file_name;
  return request;
}

}  // namespace tarn::rest
