#include "serving/read_conditions.h"

#include "base/text.h"
#include "http/http_date.h"
#include "serving/entity_tag.h"

namespace tarn::serving {
namespace {

/// The date of a header; nothing if it is absent or none, which is to be passed over.
std::optional<int64_t> DateOf(const http::RequestHead& head, std::string_view name) {
  const auto text = head.Find(name);
  return text ? http::ParseHttpDate(*text) : std::nullopt;
}

}  // namespace

ReadVerdict CheckReadConditions(const http::RequestHead& head, const Validators& object,
                                TagQuotes quotes) {
  if (const auto tags = head.Find("If-Match")) {
    if (!ListsTag(*tags, object.entity_tag, quotes)) return ReadVerdict::kUnfulfilled;
  } else if (const auto date = DateOf(head, "If-Unmodified-Since")) {
    if (object.modified_seconds > *date) return ReadVerdict::kUnfulfilled;
  }
  if (const auto tags = head.Find("If-None-Match")) {
    if (ListsTag(*tags, object.entity_tag, quotes)) return ReadVerdict::kNotModified;
  } else if (const auto date = DateOf(head, "If-Modified-Since")) {
    if (object.modified_seconds <= *date) return ReadVerdict::kNotModified;
  }
  return ReadVerdict::kSend;
}

std::string_view EffectiveRange(const http::RequestHead& head, const Validators& object) {
  const std::string_view range = head.Get("Range");
  const auto condition = head.Find("If-Range");
  if (!condition) return range;
  const auto date = http::ParseHttpDate(*condition);
  const bool same =
      date ? *date == object.modified_seconds : Trim(*condition, " \t") == object.entity_tag;
  return same ? range : std::string_view();
}

}  // namespace tarn::serving
