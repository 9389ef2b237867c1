#include "serving/object_answer.h"

#include "http/http_date.h"
#include "serving/sandbox.h"

namespace tarn::serving {

ObjectAnswer JudgeRead(const http::RequestHead& head, const Validators& object, int64_t size,
                       const ReadRules& rules) {
  switch (CheckReadConditions(head, object, rules.quotes)) {
    case ReadVerdict::kUnfulfilled:
      return {.status = 412};
    case ReadVerdict::kNotModified:
      return {.status = 304};
    case ReadVerdict::kSend:
      break;
  }
  const ObjectAnswer whole{.range = {0, size}};
  const std::string_view header = EffectiveRange(head, object);
  if (header.empty()) return whole;
  const ReadRange wanted = ReadRangeHeader(header, size);
  switch (wanted.kind) {
    case RangeKind::kGood:
      return {.status = 206, .range = wanted.range};
    case RangeKind::kUnsatisfiable:
      return {.status = 416, .is_outside = true};
    case RangeKind::kBad:
      break;
  }
  return rules.refuses_bad_ranges ? ObjectAnswer{.status = 416} : whole;
}

void DescribeObject(const ObjectAnswer& answer, const Validators& object, int64_t size,
                    http::Response* response) {
  response->status = answer.status;
  if (!object.entity_tag.empty()) response->Add("ETag", object.entity_tag);
  response->Add("Last-Modified", http::FormatHttpDate(object.modified_seconds));
  if (answer.status == 304 || answer.status == 412) return;
  response->Add("Accept-Ranges", "bytes");
  if (answer.status == 206) response->Add("Content-Range", ContentRange(answer.range, size));
  if (answer.is_outside) response->Add("Content-Range", UnsatisfiableRange(size));
  AddSandbox(response);
}

}  // namespace tarn::serving
