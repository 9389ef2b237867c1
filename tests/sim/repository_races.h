// A client that creates and deletes repositories of few names in few places, as others do at the
// same time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "installation.h"

namespace tarn::sim {

/// What all clients know of those repositories, so that each can judge what it finds.
class RepositoryLedger {
 public:
  void Created(const refs::Repository& repository, uint64_t began);
  /// Somebody tries to create or delete something.
  void BeginChange() { ++open_changes_; }
  void EndChange(int64_t now_ms) {
    --open_changes_;
    ++changes_;
    last_change_ms_ = now_ms;
  }
  /// Counts changes; nothing unless all have ended so long ago.
  std::optional<uint64_t> QuietSince(int64_t now_ms, int64_t for_ms) const {
    const bool quiet = open_changes_ == 0 && now_ms - last_change_ms_ > for_ms;
    return quiet ? std::optional(changes_) : std::nullopt;
  }
  /// Somebody tries to delete a name.
  void BeginDelete(const std::string& name) { ++open_deletes_[name]; }
  void EndDelete(const std::string& name, uint64_t step);
  /// True if the repository must exist: it was created, and nobody has tried to delete its name.
  bool MustExist(const refs::Repository& repository) const;
  const std::vector<refs::Repository>& created() const { return created_; }

 private:
  std::vector<refs::Repository> created_;
  std::map<std::string, uint64_t> began_;  // By partition: the step.
  int open_changes_ = 0;
  uint64_t changes_ = 0;
  int64_t last_change_ms_ = 0;
  std::map<std::string, int> open_deletes_;
  std::map<std::string, uint64_t> last_delete_;  // By name: the step of its end.
};

class RepositoryRaces {
 public:
  /// The verb that deletes.
  static constexpr const char* kDelete = "delete repository";

  /// In a crowd all clients want one name, for so long that what one deletes is swept and created
  /// by another before the first has come to its end.
  RepositoryRaces(Installation& world, RepositoryLedger& ledger, uint32_t number, bool crowd)
      : world_(world), ledger_(ledger), number_(number), crowd_(crowd) {}
  void Run();

  /// Checks what must exist, and that no two share a place. For any thread, at any time.
  static void Check(Installation& world, const RepositoryLedger& ledger);

 private:
  void Create();
  void Delete();
  void LookUp();
  std::string AnyName();

  Installation& world_;
  RepositoryLedger& ledger_;
  const uint32_t number_;
  const bool crowd_;
};

}  // namespace tarn::sim
