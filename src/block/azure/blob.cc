#include "block/azure/blob.h"

#include <algorithm>
#include <utility>

#include "http/http_date.h"

namespace tarn::block::azure {
namespace {

constexpr std::string_view kFromTheEnd = "bytes=-";

std::string NameOf(const Location& location) {
  return "Azure answer about " + TextOf(location.place());
}

Status Malformed(const Location& location, std::string_view header) {
  return {Code::kIo, NameOf(location) + ": " + std::string(header) + " is missing or wrong"};
}

}  // namespace

Result<ObjectProperties> ReadProperties(const Answer& answer, const Location& location,
                                        int64_t size) {
  const auto modified = http::ParseHttpDate(answer.Get("Last-Modified"));
  if (!modified) return Malformed(location, "Last-Modified");
  const std::string_view tag = answer.Get("ETag");
  if (tag.empty()) return Malformed(location, "ETag");
  return ObjectProperties{size, {*modified, 0}, std::string(tag)};
}

Result<std::optional<BlobHead>> Look(Client& client, const Location& location) {
  const auto answer = client.Send(
      {.operation = "Get Blob Properties", .method = "HEAD", .place = location.place()});
  if (answer.code() == Code::kDataNotFound) return std::optional<BlobHead>();
  TARN_TRY(answer.status());
  const auto size = http::ReadSize((*answer)->Get("Content-Length"));
  if (!size) return Malformed(location, "Content-Length");
  TARN_TRY_ASSIGN(ObjectProperties properties, ReadProperties(**answer, location, *size));
  return std::optional(BlobHead{std::move(properties), std::string((*answer)->Get("Content-MD5"))});
}

Result<std::unique_ptr<Answer>> BlobRanges::Get(const std::string& range,
                                                const std::string& entity_tag) {
  std::string from = range, tag = entity_tag;
  if (range.starts_with(kFromTheEnd)) TARN_TRY(CountFromTheBeginning(&from, &tag));
  Request request{.operation = "Get Blob", .place = location_.place()};
  if (!from.empty()) request.headers.emplace_back("x-ms-range", from);
  if (!tag.empty()) request.headers.emplace_back("If-Match", tag);
  TARN_TRY_ASSIGN(auto answer, client_.Send(request));
  // Emulators answer so to a range that begins at the end.
  if (!from.empty() && answer->Get("Content-Length") == "0") {
    return Status(Code::kRangeUnsatisfiable);
  }
  return answer;
}

/// The service knows no ranges from the end.
Status BlobRanges::CountFromTheBeginning(std::string* range, std::string* entity_tag) {
  TARN_TRY_ASSIGN(const auto head, Stat());
  if (!head) return {Code::kDataNotFound, "not found"};
  if (!entity_tag->empty() && *entity_tag != head->entity_tag) {
    return Status(Code::kPreconditionFailed);
  }
  const auto bytes = http::ReadSize(std::string_view(*range).substr(kFromTheEnd.size()));
  if (head->size == 0 || !bytes || *bytes == 0) return Status(Code::kRangeUnsatisfiable);
  *range = "bytes=" + std::to_string(std::max<int64_t>(0, head->size - *bytes)) + "-";
  *entity_tag = head->entity_tag;
  return {};
}

Result<std::optional<ObjectProperties>> BlobRanges::Stat() {
  TARN_TRY_ASSIGN(auto head, Look(client_, location_));
  if (!head) return std::optional<ObjectProperties>();
  return std::optional(std::move(head->properties));
}

Result<ObjectProperties> BlobRanges::ReadHead(const Answer& answer, int64_t size) {
  return ReadProperties(answer, location_, size);
}

std::string BlobRanges::name() const { return NameOf(location_); }

Status DeleteBlob(Client& client, const Location& location) {
  Status status = ToStatus(
      client.Send({.operation = "Delete Blob", .method = "DELETE", .place = location.place()}));
  return status.code() == Code::kDataNotFound ? Status() : status;
}

}  // namespace tarn::block::azure
