// Directories that a server keeps its files in. Level 3.
#pragma once

#include <string>

#include "base/result.h"
#include "block/local/file_layer.h"

namespace tarn::block {

/// Opens a directory by absolute, clean path, making what is missing, for its user alone. Names are
/// made durable also when they were there: whoever made them may have been killed before that.
Result<FileHandle> MakeDirectories(FileLayer& layer, const std::string& path);

/// "cannot use directory PATH: no space left on device"; `error` is a negative errno value.
Status DirectoryFailed(const std::string& path, int error);

}  // namespace tarn::block
