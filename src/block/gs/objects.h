// The JSON documents that tell about objects. Level 3; pure functions. Everything that an answer
// holds is checked: a store may be anything.
//
// Source: "Objects" of the JSON API reference of Cloud Storage. kSlowDown for a document that is
// not what it should be: mostly it is cut off.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "block/object_io.h"
#include "block/remote/key_lister.h"
#include "codec/json.h"

namespace tarn::block::gs {

/// The parts of an object that are asked for.
inline constexpr std::string_view kObjectFields = "name,size,updated,generation,md5Hash";

/// An object as the store tells about it.
struct StoredObject {
  std::string key;
  int64_t size = 0;  ///< Bytes.
  Timestamp updated;
  std::string generation;  ///< Tells apart what was stored under one name.
  std::string md5;         ///< Hex; empty for what the store has put together itself.

  ObjectProperties properties() const { return {size, updated, generation}; }
  remote::ListedKey listed() const { return {key, size, updated, md5}; }
};

Result<StoredObject> ReadObject(std::string_view body);

/// Of objects.list.
Result<remote::ListAnswer> ReadList(std::string_view body);

struct RewriteAnswer {
  std::optional<StoredObject> object;  ///< Nothing: it goes on with the token.
  std::string token;
};
/// Of objects.rewrite.
Result<RewriteAnswer> ReadRewrite(std::string_view body);

}  // namespace tarn::block::gs
