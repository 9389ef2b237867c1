"""Faults that are planted one by one in a copy of the sources, and what must find each.

A fault replaces a text that stands exactly once in its file. `found_by` is "sim", or a test program
with a filter where the simulation cannot reach the code.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    found_by: tuple = ("sim",)


FAULTS = [
    Fault("lost compare-and-set check", "src/records/update.cc",
          "kv.SetIf(partition, key, *next, kv::Predicate::Unchanged(found))",
          "kv.Set(partition, key, *next)"),
    Fault("missing sync", "src/block/object_store.cc",
          "TARN_TRY_ASSIGN(const auto existing, store.MakeDurable(object));\n",
          "TARN_TRY_ASSIGN(const auto is_there, store.Stat(object));\n"
          "  if (is_there) return {};\n"
          "  TARN_TRY_ASSIGN(const auto existing, store.MakeDurable(object));\n"),
    Fault("swapped merge base", "src/versioning/merge.cc",
          ".from = base.metarange,\n        .to = source.metarange,",
          ".from = source.metarange,\n        .to = base.metarange,"),
    Fault("off-by-one in a range cut", "src/committed/apply.cc",
          "base_.range().max_key >= changes_.key()", "base_.range().max_key > changes_.key()"),
    Fault("forgotten tombstone", "src/versioning/branch/staged_write.cc",
          "if (below[k] == 0 && no_tombstone_) continue;",
          "if (no_tombstone_) continue;"),
    Fault("unconditional delete", "src/refs/deletion.cc",
          "kv.DeleteIf(records::kRepositoriesPartition, RecordKey(marked),\n"
          "                            kv::Predicate::Equals(record));",
          "kv.Delete(records::kRepositoriesPartition, RecordKey(marked));"),
    Fault("early token drop", "src/staging/store.cc",
          "  if (named) {\n", "  if (named && first_pass) {\n"),
    Fault("stale cache", "src/refs/repository_cache.h",
          "clock_.MonotonicMs() >= found->second.expires_ms", "found->second.expires_ms < 0"),
    Fault("lost cancel", "src/versioning/jobs/job_engine.cc",
          "record->error = {std::string(kCanceled), 0};", "return false;"),
    Fault("double completion", "src/catalog/multipart.cc",
          "const Status set =\n"
          "        context_.kv.SetIf(place.partition, key, claimed, kv::Predicate::Equals(found));",
          "const Status set = context_.kv.Set(place.partition, key, claimed);"),
]
