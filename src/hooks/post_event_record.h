// The stored form of events that are due after a change (docs/formats/kv.md). Level 7; pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "hooks/hook.h"

namespace tarn::hooks {

struct PostEventRecord {
  Event event;              ///< Its repository is that of the partition; its commit is not stored.
  bool has_commit = false;  ///< The event tells of the commit whose id it has.
  int attempts = 0;         ///< How often it was begun to be run.
  std::string owner;        ///< The server that runs it.
};

std::string EncodePostEvent(const PostEventRecord& record);
/// kCorrupt.
Result<PostEventRecord> DecodePostEvent(std::string_view bytes);

}  // namespace tarn::hooks
