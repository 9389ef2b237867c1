// The kinds of calls of an object store, as its layers tell them apart. Level 3.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tarn::block {

enum class Operation : uint8_t {
  kCreate,  ///< Starting a writer.
  kWrite,   ///< A writer's bytes, of Append too.
  kPut,     ///< A writer's Commit, or an object in one call.
  kGet,     ///< Opening for reading.
  kGetRange,
  kStat,
  kMakeDurable,
  kRemove,
  kCopy,
  kList,  ///< A page of a listing, or a batch of a walk.
  kPresign,
};
inline constexpr size_t kOperationCount = static_cast<size_t>(Operation::kPresign) + 1;

/// Names as the reference labels its metrics with, where it has the operation.
inline constexpr std::array<std::string_view, kOperationCount> kOperationNames = {
    "create",       "write",  "put",  "get",  "get_range",         "get_properties",
    "make_durable", "delete", "copy", "list", "get_presigned_url",
};
inline constexpr std::string_view NameOf(Operation operation) {
  return kOperationNames[static_cast<size_t>(operation)];
}

}  // namespace tarn::block
