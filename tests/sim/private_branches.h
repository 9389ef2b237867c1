// A client that has branches of its own: nobody else changes them, so that after each operation it
// knows exactly what they hold, or which of two states a failed one may have left.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "installation.h"
#include "refs/pulls.h"
#include "versioning/import/import.h"
#include "versioning/repository/refs_dump.h"

namespace tarn::sim {

class PrivateBranches {
 public:
  /// Repositories whose names begin so share the place of another.
  static constexpr const char* kRestoredPrefix = "restored-";

  PrivateBranches(Installation& world, refs::Repository repository, uint32_t number);
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
  void SetMark();
  void Delete();
  void DeleteIf();
  void DeleteMany();
  void UploadInParts();
  void ResetAll();
  void ResetPrefix();
  void ResetPath();
  // Commits.
  void Commit();
  void CommitTree();
  void AddCommitRecord();
  void Merge();
  void MergeSquashed();
  void MergeByStrategy();
  void Revert();
  void CherryPick();
  void HardReset();
  // Names.
  void CreateBranch();
  void DeleteBranch();
  void CreateTag();
  void DeleteTag();
  // Pull requests.
  void CreatePull();
  void UpdatePull();
  void MergePull();
  void ListPulls();
  // Jobs.
  void Import();
  void DumpRefs();
  void DumpRefsNow();
  void RestoreRefs();
  void PrepareGcCommits();
  void PrepareGcUncommitted();
  // Settings.
  void ProtectBranch();
  void SetRepositoryMetadata();
  void SetGcRules();
  // Reads.
  void List();
  void Log();
  void DiffUncommitted();
  void DiffHeads();
  void DiffMerge();
  void FindMergeBase();
  void ListNames();
  void WriteSymlinks();

  Branch& AnyBranch();
  std::string AnyPath();
  void PutAt(const std::string& path);
  const Tree& HeadOf(const Branch& branch) const { return commits_.at(branch.head).tree; }
  bool IsDirty(const Branch& branch) const { return branch.visible != HeadOf(branch); }
  /// A commit that the branch stands on and that has parents; "" if there is none.
  std::string AnyChange(const Branch& branch);
  /// Checks that the branch is as the outcome allows, and notes how it is.
  void Settle(Branch& branch, Outcome outcome, const std::vector<Next>& nexts);
  void Expect(bool holds, const std::string& what);
  void StageAt(const std::string& path, const std::optional<std::string>& text,
               const Status& status, std::initializer_list<Code> refusals);
  void StageIf(versioning::SetCondition condition, const std::string& path, const std::string& text,
               const Status& status);
  versioning::SetCondition AnyCondition();
  static std::string TextOf(const std::string& object);
  Status WriteTo(SimServer& server, const std::string& address, const std::string& text);
  void FinishParts(const catalog::MultipartUpload& upload, const catalog::CompletionRequest& done,
                   const std::string& text);
  std::optional<versioning::ImportStatus> AwaitImport(const std::string& id);
  std::optional<std::string> AwaitResult(const versioning::JobKind& kind, const std::string& id,
                                         const refs::Repository* repository = nullptr);
  void LeaveBranch(Branch& branch);
  void Change(Branch& branch, const Status& status, const std::optional<ModelCommit>& result,
              bool may_be_empty);

  struct MergeResult {
    std::optional<ModelCommit> commit;  ///< Nothing: a conflict.
    bool may_be_empty = false;
  };
  MergeResult ResultOfMerge(const Branch& source, const Branch& destination, bool squash,
                            OnConflict on_conflict) const;
  static std::optional<ModelCommit> Onto(const Branch& branch, const std::optional<Tree>& tree);
  std::string AnyCommit();
  void CommitAll(Branch& branch, bool may_be_empty);
  void CommitFirst(Branch& branch);
  void PutFirst(Branch& branch, const std::string& path);
  void ChangeFirst(Branch& source);
  void MergeAs(bool squash, const std::string& strategy, OnConflict on_conflict);
  void MergeInto(Branch& destination, const Branch& source, bool squash,
                 const std::string& strategy, OnConflict on_conflict);
  void CrossFirst(Branch& other);
  Branch* FindBranch(const std::string& name);
  std::optional<Tree::value_type> AnyObject();

  bool StorePart(const catalog::MultipartUpload& upload, int64_t number,
                 catalog::CompletionRequest* request, std::string* text);
  void ListParts(const catalog::MultipartUpload& upload, const catalog::CompletionRequest& request);
  void ListUploads(const catalog::MultipartUpload& upload);

  /// A pull request as it must be.
  struct Pull {
    BranchId source, destination;
    std::string title;
    refs::PullStatus status = refs::PullStatus::kOpen;
    std::string merged;     ///< Commit id.
    bool is_tried = false;  ///< Somebody has begun to merge it.
  };
  bool WasMergedBy(const Pull& pull, const refs::Pull& found);
  static bool IsAs(const Pull& pull, const refs::Pull& found);
  using Pulls = std::map<std::string, refs::Pull>;
  Result<Pulls> ReadPulls(SimServer& server);
  void CheckPulls(const Pulls& found);
  std::string AnyPull(bool open);

  /// A dump of refs and what it must hold of the client's.
  struct Dump {
    versioning::RefsDump trees;
    std::map<std::string, std::string> branches, tags;  ///< Commit ids by name.
  };
  Dump DumpNow() const;
  std::optional<Dump> DumpByTask();
  void CheckDump(const Dump& dump);
  std::optional<refs::Repository> CreateBare();
  bool Restore(const refs::Repository& bare, const Dump& dump);
  void CheckRestored(const refs::Repository& restored, const Dump& dump);
  void DeleteBare(const refs::Repository& bare);

  bool IsProtected();
  Status ReplaceProtection(SimServer& server, bool wanted);
  void SetProtection(bool wanted);
  void JudgeProtected(const Status& status);

  using Difference = std::map<std::string, committed::DiffKind>;  // By path.
  static Difference DifferenceOf(const Tree& left, const Tree& right);
  void CheckDiff(catalog::DiffRequest request, const Difference& expected);

  Installation& world_;
  const refs::Repository repository_;
  const uint32_t number_;
  const std::string prefix_;  // Of names.
  CommitModel commits_;
  std::vector<Branch> branches_;
  std::set<std::string> left_;               // Names of branches that it does not use any more.
  std::map<std::string, std::string> tags_;  // Commit ids by name.
  std::vector<std::string> records_;         // Ids of commits that came ready-made.
  std::map<std::string, Pull> pulls_;        // By id.
  std::string repository_value_;             // Of the client in the repository's metadata.
  Branch* at_ = nullptr;                     // Of the operation.
  int names_ = 0;
  std::string job_error_;  // Of the last job that failed.
};

}  // namespace tarn::sim
