#include "catalog/multipart_records.h"

#include <fmt/format.h>

#include <charconv>

#include "proto/multipart.pb.h"
#include "proto/tarn.pb.h"
#include "records/layout.h"
#include "records/message.h"

namespace tarn::catalog {
namespace {

using io::treeverse::lakefs::multipart::UploadData;

/// What both kinds of record hold.
template <class Message>
MultipartUpload Common(const Message& message) {
  MultipartUpload upload;
  upload.path = message.path();
  upload.created = records::GetTime(message.creation_date());
  upload.address = message.physical_address();
  upload.metadata = {message.metadata().begin(), message.metadata().end()};
  upload.content_type = message.content_type();
  return upload;
}

std::optional<int64_t> ReadDigits(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string UploadKey(std::string_view id) { return records::Key(records::kUploadPrefix, id); }

std::string PartsPrefix(std::string_view id) { return records::Key(records::kPartPrefix, id, "/"); }

std::string PartPrefix(std::string_view id, int64_t number) {
  return fmt::format("{}{:05}/", PartsPrefix(id), number);
}

std::string KeyOfPart(std::string_view id, PartKey key) {
  return fmt::format("{}{:010}", PartPrefix(id, key.number), key.attempt);
}

std::optional<PartKey> ParsePartKey(std::string_view id, std::string_view key) {
  const std::string prefix = PartsPrefix(id);
  if (!key.starts_with(prefix)) return std::nullopt;
  key.remove_prefix(prefix.size());
  const size_t slash = key.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto number = ReadDigits(key.substr(0, slash));
  const auto attempt = ReadDigits(key.substr(slash + 1));
  if (!number || !attempt) return std::nullopt;
  return PartKey{*number, *attempt};
}

std::string EncodeUpload(const UploadRecord& record) {
  const MultipartUpload& upload = record.upload;
  records::UploadInParts message;
  message.set_branch(upload.branch.str());
  message.set_path(upload.path);
  records::SetTime(upload.created, message.mutable_creation_date());
  message.set_physical_address(upload.address);
  message.mutable_metadata()->insert(upload.metadata.begin(), upload.metadata.end());
  message.set_content_type(upload.content_type);
  message.set_presigned(upload.presigned);
  message.set_ended(record.ended);
  message.set_claim(record.claim);
  return records::Serialize(message);
}

Result<UploadRecord> DecodeUpload(std::string_view key, std::string_view bytes) {
  records::UploadInParts message;
  TARN_TRY(records::Parse(bytes, "upload", &message));
  UploadRecord record = {.upload = Common(message), .ended = message.ended()};
  record.upload.id = key.substr(records::kUploadPrefix.size());
  record.upload.branch = BranchId(message.branch());
  record.upload.presigned = message.presigned();
  record.claim = message.claim();
  return record;
}

std::string EncodePart(const PartRecord& record) {
  records::UploadedPart message;
  message.set_physical_address(record.address);
  message.set_size(record.part.size);
  message.set_checksum(record.part.checksum);
  records::SetTime(record.part.last_modified, message.mutable_last_modified());
  return records::Serialize(message);
}

Result<PartRecord> DecodePart(std::string_view bytes) {
  records::UploadedPart message;
  TARN_TRY(records::Parse(bytes, "part", &message));
  PartRecord record;
  record.address = message.physical_address();
  record.part.size = message.size();
  record.part.checksum = message.checksum();
  record.part.last_modified = records::GetTime(message.last_modified());
  return record;
}

Result<MultipartUpload> DecodeTracker(std::string_view bytes) {
  UploadData message;
  TARN_TRY(records::Parse(bytes, "multipart upload", &message));
  MultipartUpload upload = Common(message);
  upload.id = message.upload_id();
  return upload;
}

}  // namespace tarn::catalog
