// Walks files under a directory for an import (docs/formats/local-store.md, "Import sources").
//
// Regular files in byte order of their relative paths. Only links in `base` are followed: below it
// the walk is not led anywhere, whatever changes meanwhile. Symbolic links and other kinds are
// passed over, names with a leading '.' too unless asked for. One directory's names are held at a
// time per level; files are opened when a batch is read, on whatever thread. Level 3.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "block/listing.h"

namespace tarn::block {

struct LocalWalkOptions {
  std::string base;  ///< Absolute and clean: a directory; links in it are followed.
  std::string path;  ///< Below it, clean; "." is the base. A directory, or the file of kObject.
  bool hidden = false;
  std::function<bool()> stop;
  std::string after = {};  ///< Only what comes after this relative key is walked.
};

/// kIo names the directory that cannot be opened.
Result<std::unique_ptr<ObjectWalker>> OpenLocalWalker(LocalWalkOptions options, WalkKind kind);

}  // namespace tarn::block
