// A client that has branches of its own: nobody else changes them, so that after each operation it
// knows exactly what they hold, or which of two states a failed one may have left.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commit_model.h"
#include "installation.h"
#include "versioning/import/import.h"

namespace tarn::sim {

class PrivateBranches {
 public:
  PrivateBranches(Installation& world, refs::Repository repository, int number);
  void Run();

 private:
  struct Branch {
    std::string name;
    std::string head;  ///< Commit id.
    Tree visible;
  };
  /// What an operation may make of a branch.
  struct Next {
    Tree visible;
    /// If it moves: the tree and the parents of its new head.
    std::optional<ModelCommit> head = std::nullopt;
  };
  using Outcome = Installation::Outcome;
  using Verb = void (PrivateBranches::*)();
  struct Row {
    const char* name;
    Verb verb;
    int weight;
  };
  static const std::vector<Row>& Verbs();

  // Uncommitted changes.
  void Put();
  void PutIfAbsent();
  void Copy();
  void Link();
  void Delete();
  void DeleteMany();
  void UploadInParts();
  void ResetAll();
  void ResetPrefix();
  void ResetPath();
  // Commits.
  void Commit();
  void Merge();
  void Revert();
  void CherryPick();
  void HardReset();
  // Names.
  void CreateBranch();
  void DeleteBranch();
  void CreateTag();
  void DeleteTag();
  // Jobs.
  void Import();
  void DumpRefs();
  void PrepareGc();

  Branch& AnyBranch();
  std::string AnyPath();
  const Tree& HeadOf(const Branch& branch) const { return commits_.at(branch.head).tree; }
  bool IsDirty(const Branch& branch) const { return branch.visible != HeadOf(branch); }
  /// A commit that the branch stands on and that has parents; "" if there is none.
  std::string AnyChange(const Branch& branch);
  /// Checks that the branch is as the outcome allows, and notes how it is.
  void Settle(Branch& branch, Outcome outcome, const std::vector<Next>& nexts);
  void Expect(bool holds, const std::string& what);
  void StageAt(const std::string& path, const std::optional<std::string>& text,
               const Status& status, std::initializer_list<Code> refusals);
  void FinishParts(const catalog::MultipartUpload& upload, const catalog::CompletionRequest& done,
                   const std::string& text);
  std::optional<versioning::ImportStatus> AwaitImport(const std::string& id);
  std::optional<std::string> AwaitResult(const versioning::JobKind& kind, const std::string& id);
  void LeaveBranch(Branch& branch);
  void Change(Branch& branch, const Status& status, const std::vector<ModelCommit>& results,
              bool may_conflict, bool may_be_empty);

  Installation& world_;
  const refs::Repository repository_;
  const std::string prefix_;  // Of names.
  CommitModel commits_;
  std::vector<Branch> branches_;
  std::set<std::string> left_;               // Names of branches that it does not use any more.
  std::map<std::string, std::string> tags_;  // Commit ids by name.
  Branch* at_ = nullptr;                     // Of the operation.
  int names_ = 0;
};

}  // namespace tarn::sim
