#include "s3gw/read_conditions.h"

#include <algorithm>

#include "serving/http_date.h"

namespace tarn::s3gw {
namespace {

std::string_view Trim(std::string_view text) {
  const size_t first = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

/// One tag of a list is that of the object. Our tags are strong; a weak one of the same text stands
/// for the same bytes. Some clients leave the quotes out.
bool Lists(std::string_view tags, std::string_view wanted) {
  const auto bare = [](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    if (tag.size() >= 2 && tag.starts_with('"') && tag.ends_with('"'))
      tag = tag.substr(1, tag.size() - 2);
    return tag;
  };
  while (true) {
    const size_t comma = tags.find(',');
    const std::string_view tag = Trim(tags.substr(0, comma));
    if (tag == "*" || bare(tag) == bare(wanted)) return true;
    if (comma == std::string_view::npos) return false;
    tags.remove_prefix(comma + 1);
  }
}

/// The date of a header; nothing if it is absent or none, which is to be passed over.
std::optional<int64_t> DateOf(const http::RequestHead& head, std::string_view name) {
  const auto text = head.Find(name);
  return text ? serving::ParseHttpDate(*text) : std::nullopt;
}

}  // namespace

ReadVerdict CheckReadConditions(const http::RequestHead& head, const Validators& object) {
  if (const auto tags = head.Find("If-Match")) {
    if (!Lists(*tags, object.entity_tag)) return ReadVerdict::kUnfulfilled;
  } else if (const auto date = DateOf(head, "If-Unmodified-Since")) {
    if (object.modified_seconds > *date) return ReadVerdict::kUnfulfilled;
  }
  if (const auto tags = head.Find("If-None-Match")) {
    if (Lists(*tags, object.entity_tag)) return ReadVerdict::kNotModified;
  } else if (const auto date = DateOf(head, "If-Modified-Since")) {
    if (object.modified_seconds <= *date) return ReadVerdict::kNotModified;
  }
  return ReadVerdict::kSend;
}

std::string_view EffectiveRange(const http::RequestHead& head, const Validators& object) {
  const std::string_view range = head.Get("Range");
  const auto condition = head.Find("If-Range");
  if (!condition) return range;
  const auto date = serving::ParseHttpDate(*condition);
  const bool same = date ? *date == object.modified_seconds : Trim(*condition) == object.entity_tag;
  return same ? range : std::string_view();
}

}  // namespace tarn::s3gw
