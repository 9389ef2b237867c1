// The conditional headers of reads: If-Match, If-None-Match, If-Modified-Since,
// If-Unmodified-Since and If-Range, in the order of RFC 9110 section 13.2.2. Level 7; pure
// functions.
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"
#include "serving/entity_tag.h"

namespace tarn::serving {

/// What tells one state of an object from another.
struct Validators {
  std::string_view entity_tag;  ///< As in the ETag header.
  int64_t modified_seconds = 0;
};

enum class ReadVerdict : uint8_t {
  kSend,
  kNotModified,  ///< 304: the client has it.
  kUnfulfilled,  ///< 412
};
/// `quotes`: how strictly tags are read.
ReadVerdict CheckReadConditions(const http::RequestHead& head, const Validators& object,
                                TagQuotes quotes);

/// The range header that counts: empty where If-Range names another state of the object.
std::string_view EffectiveRange(const http::RequestHead& head, const Validators& object);

}  // namespace tarn::serving
