// Go's encoding of values (gob), as far as sessions need it: a map of texts to values of any type.
// Level 1; pure functions.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "codec/json.h"

namespace tarn {

/// A value in an interface.
struct GobValue {
  std::string type;  ///< As Go names it, such as "string" or "[]interface {}"; empty: nil.
  /// What JSON has not (bytes, numbers that are none) is null. So is a list of type []string within
  /// the value: to who asserts types, as the reference does, that is no list.
  Json value;
};
using GobMap = std::map<std::string, GobValue>;

/// A map[interface]interface that holds one text.
std::string EncodeGobMap(std::string_view name, std::string_view text);
/// Reads such a map, whatever types its values define. Nothing for other bytes, for types that are
/// neither lists nor maps, and for nesting that no session has. Bytes behind it are ignored.
std::optional<GobMap> DecodeGobMap(std::string_view bytes);

}  // namespace tarn
