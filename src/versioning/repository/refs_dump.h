// Refs as tables in the object store: all commits, branches and tags of a repository, written so
// that a bare repository over the same data can be given them back (docs/formats/refs-dump.md).
//
// Level 6; thread-safe functions that wait.
#pragma once

#include <string>

#include "versioning/context.h"
#include "versioning/jobs/job.h"

namespace tarn::versioning {

/// The trees that hold the records, in the repository's namespace.
struct RefsDump {
  MetarangeId commits, tags, branches;
};

/// Writes the trees and `_lakefs/refs_manifest.json`, which names them. What branches, tags and
/// commits point to is among the commits, whatever others write meanwhile.
Result<RefsDump> DumpRefs(Context& context, const refs::Repository& repository);
/// The text of the manifest.
std::string ManifestOf(const RefsDump& dump);

/// kInvalidValue ("can only restore into a bare repository") once the default branch exists.
Status CheckBare(Context& context, const refs::Repository& repository);
/// Writes the records of a dump: commits, branches with new staging tokens, tags. What is there
/// already and equal is left as it is, so that an interrupted restore can be run again; kNotUnique
/// for a branch or tag that points elsewhere. kReadOnlyRepository unless `force`, kDataNotFound
/// without such trees, kInvalidValue for records that are no refs or point to what is not there:
/// then nothing is written. REQUIRES CheckBare.
Status RestoreRefs(Context& context, const refs::Repository& repository, const RefsDump& dump,
                   bool force);

/// The same two as tasks. A dump's task finds out a RefsDump and writes no manifest.
JobWork DumpRefsTask(Context& context, refs::Repository repository);
JobWork RestoreRefsTask(Context& context, refs::Repository repository, RefsDump dump, bool force);
/// What a dump's task found out, as its record holds it. Decoding: kCorrupt.
std::string EncodeDumpInfo(const RefsDump& dump);
Result<RefsDump> DecodeDumpInfo(std::string_view info);

}  // namespace tarn::versioning
