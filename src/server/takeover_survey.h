// Looks through an installation of the reference, or of Tarn, before a server takes it over, and
// changes nothing: what is there, what cannot be read, what needs attention. Level 9.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "auth/service.h"
#include "block/object_store.h"
#include "committed/store.h"
#include "kv/store.h"

namespace tarn::server {

struct TakeoverReport {
  struct Fact {
    std::string_view name;
    std::string value;
  };
  std::vector<Fact> facts;
  /// What must be dealt with first: a server would not start, or would miss something.
  std::vector<std::string> obstacles;
  /// What works, but not as before, or needs a look.
  std::vector<std::string> remarks;
};

/// The opened parts of an installation.
struct Installation {
  kv::Store& kv;
  block::ObjectStore& objects;
  committed::Store& committed;
  auth::Service& auth;
  /// What reads of records fail with is told for so many of them, the rest is counted.
  size_t shown_max = 10;
};

/// Reads every record once. Fails only where the KV does: what is wrong in it is part of the
/// report.
Result<TakeoverReport> SurveyInstallation(const Installation& installation);

}  // namespace tarn::server
