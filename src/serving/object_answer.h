// How a request for the bytes of an object is answered, the same in every protocol: its conditions
// and its range are judged, then the answer gets what all such answers have. Level 7; pure
// functions.
#pragma once

#include <cstdint>

#include "http/message.h"
#include "serving/entity_tag.h"
#include "serving/range_header.h"
#include "serving/read_conditions.h"

namespace tarn::serving {

/// How strictly a protocol reads the headers.
struct ReadRules {
  TagQuotes quotes = TagQuotes::kNeeded;
  bool refuses_bad_ranges = false;  ///< What is no range is 416; else it is passed over.
};

/// What a request for an object of `size` bytes gets.
struct ObjectAnswer {
  int status = 200;         ///< 200, 206, 304, 412, 416
  ByteRange range;          ///< 200, 206: the bytes to send.
  bool is_outside = false;  ///< 416: a range, but not of this object.
  bool has_body() const { return status == 200 || status == 206; }
};
ObjectAnswer JudgeRead(const http::RequestHead& head, const Validators& object, int64_t size,
                       const ReadRules& rules);

/// Sets the status and adds ETag, unless it is empty, and Last-Modified; where there are bytes to
/// send, or would be in another range, also Accept-Ranges, Content-Range and the sandbox, which
/// bytes of users stay in whatever they are said to be.
void DescribeObject(const ObjectAnswer& answer, const Validators& object, int64_t size,
                    http::Response* response);

}  // namespace tarn::serving
