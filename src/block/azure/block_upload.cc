#include "block/azure/block_upload.h"

#include <array>
#include <utility>

#include "block/azure/answers.h"
#include "block/azure/blob.h"
#include "codec/base64.h"
#include "codec/digest.h"

namespace tarn::block::azure {
namespace {

/// Of every object, whatever its entry says.
constexpr std::string_view kContentType = "application/octet-stream";
constexpr size_t kIdBytes = 64, kUuidBytes = 16;
/// Of an answer to what was stored.
constexpr size_t kAnswerBytesMax = 64 << 10;

Status AlreadyExists(const Location& location) {
  return {Code::kAlreadyExists, TextOf(location.place()) + ": already exists"};
}

Result<ObjectProperties> SendBytes(Client& client, const Request& request, const Location& location,
                                   int64_t size) {
  TARN_TRY_ASSIGN(const auto answer, client.Send(request));
  TARN_TRY(ToStatus(answer->ReadAll(kAnswerBytesMax)));
  return ReadProperties(*answer, location, size);
}

}  // namespace

Result<Pairs> CopySourceHeaders(Client& client, const Location& from,
                                const std::string& entity_tag) {
  TARN_TRY_ASSIGN(auto source, client.Presign(from.place(), "r", ""));
  return Pairs{{"x-ms-copy-source", std::move(source.url)}, {"x-ms-source-if-match", entity_tag}};
}

Status CopyFailure(Status failure) {
  if (failure.code() != Code::kPreconditionFailed) return failure;
  return {Code::kIo, "object was replaced while it was copied"};
}

BlockUpload::BlockUpload(const UploadTools& tools, Location location)
    : tools_(tools), location_(std::move(location)) {
  std::array<uint8_t, kUuidBytes> bytes;
  tools_.random.Fill(bytes);
  constexpr uint8_t kVersion = 0x40, kVariant = 0x80;
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | kVersion);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | kVariant);
  uuid_.assign(bytes.begin(), bytes.end());
}

Result<ObjectProperties> BlockUpload::PutOnce(std::string_view bytes, bool create_only) {
  Request request{
      .operation = "Put Blob",
      .method = "PUT",
      .place = location_.place(),
      .headers = {{"Content-Type", std::string(kContentType)}, {"x-ms-blob-type", "BlockBlob"}},
      .body = bytes};
  if (create_only) request.headers.emplace_back("If-None-Match", "*");
  auto stored = SendBytes(tools_.client, request, location_, static_cast<int64_t>(bytes.size()));
  if (create_only && stored.code() == Code::kPreconditionFailed) return AlreadyExists(location_);
  return stored;
}

Result<ObjectProperties> BlockUpload::Put(std::string_view bytes, bool create_only) {
  bool may_be_done = false;
  auto stored = tools_.retrier.Call([&] {
    auto sent = PutOnce(bytes, create_only);
    may_be_done = may_be_done || sent.code() == Code::kSlowDown;
    return sent;
  });
  if (stored.code() != Code::kAlreadyExists || !may_be_done) return stored;
  // Perhaps it was this call that made it, and only the answer was lost.
  TARN_TRY_ASSIGN(auto head, tools_.retrier.Call([&] { return Look(tools_.client, location_); }));
  const bool is_ours = head && head->properties.size == static_cast<int64_t>(bytes.size()) &&
                       head->content_md5 == EncodeBase64(AsView(Md5(bytes)));
  if (!is_ours) return stored;
  return std::move(head->properties);
}

Status BlockUpload::Begin(bool /*create_only*/) {
  has_begun_ = true;
  return {};
}

Result<std::string> BlockUpload::NextId() const {
  if (part_count() >= kBlocksMax) {
    return Status(Code::kTooLarge,
                  "object has more than " + std::to_string(kBlocksMax) + " blocks");
  }
  std::string id = uuid_;
  const auto number = static_cast<uint32_t>(ids_.size());
  for (int shift = 24; shift >= 0; shift -= 8) id += static_cast<char>(number >> shift);
  id.resize(kIdBytes, '\0');
  return EncodeBase64(id);
}

Status BlockUpload::AddPart(std::string_view bytes) {
  TARN_TRY_ASSIGN(std::string id, NextId());
  const Request request{.operation = "Put Block",
                        .method = "PUT",
                        .place = location_.place(),
                        .query = {{"comp", "block"}, {"blockid", id}},
                        .headers = {{"Content-Type", std::string(kContentType)}},
                        .body = bytes};
  TARN_TRY(tools_.retrier.Call([&] { return ToStatus(tools_.client.Call(request)); }));
  ids_.push_back(std::move(id));
  size_ += static_cast<int64_t>(bytes.size());
  return {};
}

Status BlockUpload::CopyPart(const Location& from, const std::string& entity_tag, int64_t offset,
                             int64_t length) {
  TARN_TRY_ASSIGN(std::string id, NextId());
  Request request{.operation = "Put Block From URL",
                  .method = "PUT",
                  .place = location_.place(),
                  .query = {{"comp", "block"}, {"blockid", id}}};
  TARN_TRY_ASSIGN(request.headers, CopySourceHeaders(tools_.client, from, entity_tag));
  request.headers.emplace_back("x-ms-source-range", "bytes=" + std::to_string(offset) + "-" +
                                                        std::to_string(offset + length - 1));
  Status copied = tools_.retrier.Call([&] { return ToStatus(tools_.client.Call(request)); });
  if (!copied.ok()) return CopyFailure(std::move(copied));
  ids_.push_back(std::move(id));
  size_ += length;
  return {};
}

Result<ObjectProperties> BlockUpload::CompleteOnce(bool create_only) {
  const std::string document = WriteBlockList(ids_);
  Request request{.operation = "Put Block List",
                  .method = "PUT",
                  .place = location_.place(),
                  .query = {{"comp", "blocklist"}},
                  .headers = {{"Content-Type", "application/xml"},
                              {"x-ms-blob-content-type", std::string(kContentType)}},
                  .body = document};
  if (create_only) request.headers.emplace_back("If-None-Match", "*");
  return SendBytes(tools_.client, request, location_, size_);
}

/// After a refusal: the ids of the blocks tell whether an earlier attempt made the blob.
Result<ObjectProperties> BlockUpload::LookWhetherOurs(bool create_only) {
  const Request request{.operation = "Get Block List",
                        .place = location_.place(),
                        .query = {{"comp", "blocklist"}, {"blocklisttype", "committed"}}};
  const auto listed = tools_.retrier.Call([&]() -> Result<std::vector<std::string>> {
    TARN_TRY_ASSIGN(const std::string body, tools_.client.Call(request));
    return ReadBlockList(body);
  });
  if (listed.code() == Code::kDataNotFound) {
    return Status(Code::kIo, "the blocks of " + TextOf(location_.place()) +
                                 " are gone: somebody else has stored and removed it");
  }
  TARN_TRY(listed.status());
  if (*listed != ids_) {
    if (create_only) return AlreadyExists(location_);
    return Status(Code::kIo, "the blocks of " + TextOf(location_.place()) +
                                 " are gone: somebody else has stored it meanwhile");
  }
  TARN_TRY_ASSIGN(auto head, tools_.retrier.Call([&] { return Look(tools_.client, location_); }));
  if (!head) return Status(Code::kDataNotFound, "not found");
  return std::move(head->properties);
}

Result<ObjectProperties> BlockUpload::Complete(std::string_view rest, bool create_only) {
  if (!rest.empty()) TARN_TRY(AddPart(rest));
  auto completed = tools_.retrier.Call([&] { return CompleteOnce(create_only); });
  const bool is_refused =
      completed.code() == Code::kPreconditionFailed || completed.code() == Code::kNotFound;
  return is_refused ? LookWhetherOurs(create_only) : std::move(completed);
}

}  // namespace tarn::block::azure
