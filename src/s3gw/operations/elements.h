// The headers and query parameters of S3, and what becomes of each where the row of an operation
// does not honour it: passed over if nothing comes of that, refused otherwise.
//
// Nothing is passed over silently by accident: an x-amz-* header that stands in neither list is
// refused, and so is whatever asks for a condition or a protection. Parameters that S3 does not
// know are passed over, as S3 does. An x-amz-* parameter of a query is a header (hoisted.h).
// Source: the API reference of S3, all operations. Level 8; pure functions over constant data.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "codec/url.h"
#include "http/message.h"
#include "s3gw/errors.h"

namespace tarn::s3gw {

struct Element {
  /// A header in lower case, or a parameter. One that ends with '*' stands for all that begin so.
  std::string_view name;
  /// Values that may be passed over, separated by '|'; "*" is every value, "" the empty one.
  std::optional<std::string_view> harmless;
  std::string_view why;  ///< Nothing comes of passing over those.
  /// What is said to other values.
  Error error = Error::kNotImplemented;
  std::string_view message = {};  ///< Empty: that of the error.
};

/// Both ascend by name; those that end with '*' come after the others.
std::span<const Element> HeaderElements();
std::span<const Element> ParameterElements();

/// The element of a header (in any case) or of a parameter; null for what is none.
const Element* FindHeaderElement(std::string_view name);
const Element* FindParameterElement(std::string_view name);

/// Whether nothing comes of passing over an element with that value.
bool IsHarmless(const Element& element, std::string_view value);
/// False for headers that no list could have, by a glance.
bool MayBeRefused(std::string_view name);
/// Whether a header belongs to S3 by its name: "x-amz-", in any case.
bool IsAmzHeader(std::string_view name);

}  // namespace tarn::s3gw
