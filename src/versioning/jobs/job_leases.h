// Which servers live: the heartbeat of this one, and what is seen of the others'. A job of another
// server counts as dead when what proves its life stayed the same for a lease; in a KV that nobody
// shares, at once. Level 6; one thread at a time, but Write is thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "kv/store.h"

namespace tarn::versioning {

class JobLeases {
 public:
  /// `instance` is the name of this server.
  JobLeases(kv::Store& kv, Clock& clock, std::string instance, int64_t lease_ms);

  const std::string& instance() const { return instance_; }
  /// Writes the heartbeat of this server, durable.
  Status Write();
  /// Removes it, at the end.
  Status Remove();

  /// Begins a look at all jobs: what was not asked about in the last one is forgotten.
  void BeginPass();
  /// False if the instance is this one, has no heartbeat, or one that is over.
  Result<bool> OwnerLives(std::string_view owner);
  /// False if `proof`, found under `name`, is over.
  bool Holds(const std::string& name, std::string_view proof);
  /// Removes heartbeats of others that are older than a day.
  Status RemoveOld();

 private:
  struct Seen {
    std::string proof;
    int64_t since_ms = 0;
    uint64_t pass = 0;
  };

  kv::Store& kv_;
  Clock& clock_;
  const std::string instance_;
  const int64_t lease_ms_;
  uint64_t pass_ = 0;
  std::map<std::string, Seen> seen_;
};

}  // namespace tarn::versioning
