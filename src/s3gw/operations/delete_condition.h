// What must hold of an object for it to be deleted: the conditions of DeleteObject and of each
// object of DeleteObjects. Level 8; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "codec/entry.h"
#include "http/message.h"
#include "s3gw/answer.h"

namespace tarn::s3gw {

struct DeleteCondition {
  std::optional<std::string> entity_tags;  ///< As in If-Match.
  std::optional<int64_t> modified_seconds;
  std::optional<int64_t> size;  ///< Bytes.

  bool any() const { return entity_tags || modified_seconds || size; }
  bool HoldsFor(const Entry& entry) const;
};

/// Reads If-Match, x-amz-if-match-last-modified-time and x-amz-if-match-size. kInvalidArgument for
/// what is no date or no number.
Expected<DeleteCondition> ReadDeleteCondition(const http::RequestHead& head);
/// The same from the elements of an object to delete; each may be absent.
Expected<DeleteCondition> ReadDeleteCondition(const std::optional<std::string>& entity_tag,
                                              const std::optional<std::string>& modified,
                                              const std::optional<std::string>& size);

}  // namespace tarn::s3gw
