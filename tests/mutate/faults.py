"""Faults that are planted one by one in a copy of the sources; the simulation must find each.

A fault replaces a text that stands exactly once in its file.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    file: str
    old: str
    new: str


FAULTS = [
    Fault("lost compare-and-set check", "src/records/update.cc",
          "kv.SetIf(partition, key, *next, kv::Predicate::Unchanged(found))",
          "kv.Set(partition, key, *next)"),
    Fault("missing sync", "src/block/object_store.cc",
          "TARN_TRY_ASSIGN(const auto existing, store.MakeDurable(object));\n",
          "TARN_TRY_ASSIGN(const auto is_there, store.Stat(object));\n"
          "  if (is_there) return true;\n"
          "  TARN_TRY_ASSIGN(const auto existing, store.MakeDurable(object));\n"),
    Fault("swapped merge base", "src/versioning/merge.cc",
          ".from = std::move(base),\n        .to = source.metarange,",
          ".from = source.metarange,\n        .to = std::move(base),"),
    Fault("off-by-one in a range cut", "src/committed/apply.cc",
          "base_.range().max_key >= changes_.key()", "base_.range().max_key > changes_.key()"),
    Fault("forgotten tombstone", "src/versioning/branch/staged_write.cc",
          "if (below[k] == 0 && no_tombstone_) continue;",
          "if (no_tombstone_) continue;"),
    Fault("unconditional delete", "src/refs/deletion.cc",
          "const bool other = current.partition() != partition || "
          "current.state == RepositoryState::kActive;\n"
          "  if (other) return Status();\n"
          "  return records::RemoveIfStill(kv, records::kRepositoriesPartition, key, *found);",
          "return kv.Delete(records::kRepositoriesPartition, key);"),
    Fault("early token drop", "src/staging/store.cc",
          "  if (named) {\n", "  if (named && first_pass) {\n"),
    Fault("stale cache", "src/refs/repository_cache.h",
          "clock_.MonotonicMs() >= found->second.expires_ms", "found->second.expires_ms < 0"),
    Fault("lost cancel", "src/versioning/jobs/job_engine.cc",
          "record->error = {std::string(kCanceled), 0};", "return false;"),
    Fault("double completion", "src/catalog/multipart.cc",
          "context_.kv.SetIf(place.partition, UploadKey(place.id), claimed.bytes,\n"
          "                             kv::Predicate::Equals(found.bytes));",
          "context_.kv.Set(place.partition, UploadKey(place.id), claimed.bytes);"),
    Fault("dump that lacks what was passed over", "src/versioning/repository/refs_dump.cc",
          "if (passed_over.empty()) return commits;", "return commits;"),
    Fault("merge that is not noted", "src/versioning/repository/pulls.cc",
          "return context.kv.Set(repository.partition(), NoteKey(id, commit.id), "
          "refs::EncodePull(pull));",
          "return Status();"),
]
