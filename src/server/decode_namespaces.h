// Storage namespaces that early versions of the reference stored percent-encoded ("my%20lake" for
// "my lake"): finds their repositories and writes them as they are. Level 9.
#pragma once

#include <string>
#include <vector>

#include "block/object_store.h"
#include "kv/store.h"

namespace tarn::server {

struct DecodeOptions {
  std::string block_storage_prefix;  ///< committed.block_storage_prefix
  bool dry_run = false;              ///< Find them and change nothing.
};

struct DecodedNamespace {
  std::string repository, before, after;
  /// The mark of a repository can be read in the decoded place. Where it cannot, a '%' may be meant
  /// as it stands, and the record is left.
  bool is_there = false;
};

/// All repositories with a namespace that may be percent-encoded, changed unless that is told
/// otherwise. Records that somebody changes meanwhile are left: kPredicateFailed.
Result<std::vector<DecodedNamespace>> DecodeNamespaces(kv::Store& kv, block::ObjectStore& objects,
                                                       const DecodeOptions& options);

}  // namespace tarn::server
