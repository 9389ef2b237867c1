#include "versioning/gc/gc_records.h"

#include "proto/catalog.pb.h"
#include "proto/graveler.pb.h"
#include "records/message.h"

namespace tarn::versioning {

namespace pb = ::io::treeverse::lakefs::graveler;

std::string EncodeGcRules(const GcRules& rules) {
  pb::GarbageCollectionRules message;
  message.set_default_retention_days(rules.default_retention_days);
  for (const auto& [branch, days] : rules.branch_retention_days) {
    (*message.mutable_branch_retention_days())[branch] = days;
  }
  return records::Serialize(message);
}

Result<GcRules> DecodeGcRules(std::string_view bytes) {
  pb::GarbageCollectionRules message;
  TARN_TRY(records::Parse(bytes, "garbage collection rules", &message));
  GcRules rules;
  rules.default_retention_days = message.default_retention_days();
  for (const auto& [branch, days] : message.branch_retention_days()) {
    rules.branch_retention_days[branch] = days;
  }
  return rules;
}

std::string EncodeGcCommitsInfo(const GcCommitsRun& run) {
  catalog::GarbageCollectionPrepareCommitsInfo message;
  message.set_run_id(run.run_id);
  message.set_gc_commits_location(run.commits_location);
  message.set_gc_addresses_location(run.addresses_location);
  return records::Serialize(message);
}

Result<GcCommitsRun> DecodeGcCommitsInfo(std::string_view bytes) {
  catalog::GarbageCollectionPrepareCommitsInfo message;
  TARN_TRY(records::Parse(bytes, "prepared garbage collection", &message));
  return GcCommitsRun{.run_id = message.run_id(),
                      .commits_address = {},
                      .commits_location = message.gc_commits_location(),
                      .addresses_location = message.gc_addresses_location()};
}

}  // namespace tarn::versioning
