// The stored record of an import (message ImportStatusData) and its changes by compare-and-set.
//
// The record is also the lease of the server that runs the import: it is written anew each second
// while the import runs. Level 6; thread-safe functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "versioning/import/import.h"

namespace tarn::versioning {

inline constexpr std::string_view kImportCanceled = "Canceled";
inline constexpr std::string_view kImportInterrupted =
    "interrupted by a restart of the server: start the import again";

std::string ImportKey(std::string_view id);
std::string EncodeImportStatus(const ImportStatus& status);
Result<ImportStatus> DecodeImportStatus(std::string_view bytes);

/// True once the import will not change its record any more.
inline bool HasEnded(const ImportStatus& status) {
  return status.completed || !status.error.empty();
}

/// Edits a record; returns false to leave it as it is.
using ImportChange = std::function<Result<bool>(ImportStatus*)>;
/// Changes the record by compare-and-set, with retries. kNotFound ("not found") without a record.
Status UpdateImportStatus(Context& context, const refs::Repository& repository, std::string_view id,
                          const ImportChange& change);

}  // namespace tarn::versioning
