// Objects whose bytes are all there: stored with one request. Level 3; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "block/layers/retry_store.h"
#include "block/object_io.h"
#include "block/s3/client.h"
#include "block/s3/encryption.h"
#include "block/s3/location.h"

namespace tarn::block::s3 {

/// Of every object, whatever its entry says.
inline constexpr std::string_view kContentType = "application/octet-stream";
/// Of an answer to what was stored.
inline constexpr size_t kAnswerBytesMax = 64 << 10;

/// kAlreadyExists.
Status AlreadyExists(const Location& location);

/// What a store says to bytes that it took.
struct Stored {
  std::string entity_tag;
  Timestamp last_modified;
};
/// Sends a request with a body that is stored, once.
Result<Stored> SendBytes(Client& client, const Request& request);
/// The time by the store's clock when it answered.
Timestamp TimeOf(const Answer& answer);

/// kAlreadyExists if there is an object with that name. For before it is made on condition that
/// there is none: there are stores that refuse conditions, or pay no heed to them.
Status CheckAbsent(Client& client, Retrier& retrier, const Location& location);

/// What becomes of an object that has the name already. kAlreadyExists where it stays.
enum class Older : uint8_t {
  kReplaced,
  kStays,     ///< Also where the store pays no heed to conditions: it is looked for before.
  kAsItCosts  ///< It stays where the store heeds the condition; nobody looks.
};

/// PutObject, made again while that can help. An object that an attempt of this call has made is no
/// older one.
Result<ObjectProperties> PutBytes(Client& client, Retrier& retrier, const Location& location,
                                  std::string_view bytes, const Encryption& encryption,
                                  Older older);

}  // namespace tarn::block::s3
