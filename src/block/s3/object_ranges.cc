#include "block/s3/object_ranges.h"

#include "http/http_date.h"

namespace tarn::block::s3 {
namespace {

std::string NameOf(const Location& location) {
  return "S3 answer about " + TextOf(location.place());
}

Status Malformed(const Location& location, std::string_view header) {
  return {Code::kIo, NameOf(location) + ": " + std::string(header) + " is missing or wrong"};
}

Result<ObjectProperties> ReadProperties(const Answer& answer, const Location& location,
                                        int64_t size) {
  const auto modified = http::ParseHttpDate(answer.Get("Last-Modified"));
  if (!modified) return Malformed(location, "Last-Modified");
  return ObjectProperties{size, {*modified, 0}, std::string(answer.Get("ETag"))};
}

}  // namespace

Result<std::optional<ObjectProperties>> Stat(Client& client, const Location& location) {
  const auto answer =
      client.Send({.operation = "HeadObject", .method = "HEAD", .place = location.place()});
  if (answer.code() == Code::kDataNotFound) return std::optional<ObjectProperties>();
  TARN_TRY(answer.status());
  const auto size = http::ReadSize((*answer)->Get("Content-Length"));
  if (!size) return Malformed(location, "Content-Length");
  TARN_TRY_ASSIGN(ObjectProperties head, ReadProperties(**answer, location, *size));
  return std::optional(std::move(head));
}

Result<std::unique_ptr<Answer>> S3Ranges::Get(const std::string& range,
                                              const std::string& entity_tag) {
  Request request{
      .operation = "GetObject", .place = location_.place(), .query = {{"x-id", "GetObject"}}};
  if (!range.empty()) request.headers.emplace_back("Range", range);
  if (!entity_tag.empty()) request.headers.emplace_back("If-Match", entity_tag);
  return client_.Send(request);
}

Result<ObjectProperties> S3Ranges::ReadHead(const Answer& answer, int64_t size) {
  return ReadProperties(answer, location_, size);
}

std::string S3Ranges::name() const { return NameOf(location_); }

}  // namespace tarn::block::s3
