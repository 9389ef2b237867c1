#include "s3gw/operations/delete_condition.h"

#include "codec/go_number.h"
#include "http/http_date.h"
#include "serving/entity_tag.h"

namespace tarn::s3gw {
namespace {

std::optional<std::string> Owned(std::optional<std::string_view> text) {
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

}  // namespace

bool DeleteCondition::HoldsFor(const Entry& entry) const {
  if (size && *size != entry.size) return false;
  if (modified_seconds && *modified_seconds != entry.last_modified.seconds) return false;
  if (!entity_tags) return true;
  return serving::ListsTag(*entity_tags, serving::EntityTag(entry.checksum),
                           serving::TagQuotes::kOptional);
}

Expected<DeleteCondition> ReadDeleteCondition(const http::RequestHead& head) {
  return ReadDeleteCondition(Owned(head.Find("If-Match")),
                             Owned(head.Find("x-amz-if-match-last-modified-time")),
                             Owned(head.Find("x-amz-if-match-size")));
}

Expected<DeleteCondition> ReadDeleteCondition(const std::optional<std::string>& entity_tag,
                                              const std::optional<std::string>& modified,
                                              const std::optional<std::string>& size) {
  DeleteCondition condition{.entity_tags = entity_tag, .modified_seconds = {}, .size = {}};
  if (modified) {
    condition.modified_seconds = http::ParseHttpDate(*modified);
    if (!condition.modified_seconds)
      return Failure(Error::kInvalidArgument, "The last modified time must be an HTTP date");
  }
  if (size) {
    const ReadInteger read = ReadDecimalInteger(*size);
    if (read.error != NumberError::kNone)
      return Failure(Error::kInvalidArgument, "The size must be a number of bytes");
    condition.size = read.value;
  }
  return condition;
}

}  // namespace tarn::s3gw
