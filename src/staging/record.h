// StagedEntryData as bytes: key 1, identity 2, data 3 (docs/formats/kv.md). Level 5, pure
// functions.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/value.h"

namespace tarn::staging {

/// Encodes a record; a value without identity is a tombstone and has no data either.
std::string EncodeRecord(std::string_view key, ValueView value);

/// Reads a record without copying. kCorrupt when it is not one.
Result<ValueView> DecodeRecord(std::string_view record);

}  // namespace tarn::staging
