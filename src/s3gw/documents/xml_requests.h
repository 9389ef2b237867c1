// The XML documents that requests bring: deletion of many objects, completion of an upload. Level
// 8; pure functions. Roots and namespaces are not looked at, as in the reference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::s3gw {

/// An object to delete; all but the key may be absent.
struct ObjectToDelete {
  std::string key;  ///< As the client wrote it: "ref/path".
  std::optional<std::string> version_id, entity_tag, last_modified_time, size;
};

struct DeleteRequest {
  std::vector<ObjectToDelete> objects;
  bool quiet = false;  ///< Only failures are reported.
};
/// kInvalidRequest.
Result<DeleteRequest> ReadDeleteRequest(std::string_view document);

struct CompletedPart {
  int64_t number = 0;
  std::string entity_tag;  ///< Without quotes.
};
/// The parts of an upload in the order of the document. kInvalidRequest.
Result<std::vector<CompletedPart>> ReadCompleteRequest(std::string_view document);

}  // namespace tarn::s3gw
