#include "versioning/jobs/job_leases.h"

#include <utility>

#include "records/layout.h"
#include "records/list.h"
#include "records/update.h"
#include "versioning/jobs/instance_record.h"

namespace tarn::versioning {
namespace {

constexpr int64_t kKeptSeconds = 24 * 3600;

std::string KeyOf(std::string_view instance) {
  return records::Key(records::kInstancePrefix, instance);
}

}  // namespace

JobLeases::JobLeases(kv::Store& kv, Clock& clock, std::string instance, int64_t lease_ms)
    : kv_(kv), clock_(clock), instance_(std::move(instance)), lease_ms_(lease_ms) {}

Status JobLeases::Write() {
  return kv_.Set(records::kInstancesPartition, KeyOf(instance_), EncodeHeartbeat(clock_.Now()));
}

Status JobLeases::Remove() { return kv_.Delete(records::kInstancesPartition, KeyOf(instance_)); }

void JobLeases::BeginPass() {
  std::erase_if(seen_, [&](const auto& seen) { return seen.second.pass != pass_; });
  ++pass_;
}

Result<bool> JobLeases::OwnerLives(std::string_view owner) {
  if (owner == instance_ || !kv_.traits().shared) return false;
  const std::string key = KeyOf(owner);
  TARN_TRY_ASSIGN(const auto heartbeat, kv_.Get(records::kInstancesPartition, key));
  return heartbeat && Holds(key, *heartbeat);
}

bool JobLeases::Holds(const std::string& name, std::string_view proof) {
  if (!kv_.traits().shared) return false;
  const int64_t now_ms = clock_.MonotonicMs();
  Seen& seen = seen_[name];
  if (seen.pass == 0 || seen.proof != proof) seen = {std::string(proof), now_ms, pass_};
  seen.pass = pass_;
  return now_ms - seen.since_ms < lease_ms_;
}

Status JobLeases::RemoveOld() {
  const std::string own = KeyOf(instance_);
  const auto remove = [&](std::string_view key, std::string_view bytes) -> Status {
    const auto beat = DecodeHeartbeat(bytes);
    const bool old = beat.ok() && beat->seconds + kKeptSeconds < clock_.Now().seconds;
    if (!old || key == own) return Status();
    return records::RemoveIfStill(kv_, records::kInstancesPartition, key, bytes);
  };
  return records::ForEachRecord(kv_, records::kInstancesPartition, records::kInstancePrefix,
                                remove);
}

}  // namespace tarn::versioning
