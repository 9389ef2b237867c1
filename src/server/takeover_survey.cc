#include "server/takeover_survey.h"

#include <functional>
#include <map>
#include <set>
#include <utility>

#include "auth/schema.h"
#include "block/namespace_address.h"
#include "fmt/format.h"
#include "records/layout.h"
#include "records/list.h"
#include "refs/records.h"
#include "server/kv_records.h"
#include "staging/record.h"
#include "versioning/jobs/job_kinds.h"

namespace tarn::server {
namespace {

constexpr std::string_view kActionsFolder = "_lakefs_actions/";
constexpr std::string_view kLastProgram = "installation_metadata/lakefs_version";
constexpr std::string_view kSetupTime = "installation_metadata/setup_timestamp";
/// Trees of branch heads that are read: what is wrong with the store shows in the first ones.
constexpr size_t kTreesMax = 1000;

std::string Escaped(std::string_view key) { return fmt::format("{:?}", key); }

class Survey {
 public:
  explicit Survey(const Installation& installation) : parts_(installation), kv_(installation.kv) {}

  Result<TakeoverReport> Run() {
    TARN_TRY(LookAtSchema());
    TARN_TRY(LookAtAdministrator());
    TARN_TRY(records::ForEachRecord(kv_, records::kRepositoriesPartition,
                                    records::kRepositoryPrefix,
                                    [&](std::string_view key, std::string_view bytes) {
                                      return LookAtRepository(key, bytes);
                                    }));
    TARN_TRY(LookAtUploads());
    Conclude();
    return std::move(report_);
  }

 private:
  using Check = Status (Survey::*)(std::string_view name, std::string_view bytes);
  /// A kind of record in the partition of a repository.
  struct Row {
    std::string_view prefix;
    int64_t Survey::*count;
    Check check;  ///< Fails for a record that does not say what it must.
  };

  void Fact(std::string_view name, std::string value) {
    report_.facts.push_back({name, std::move(value)});
  }
  void Obstacle(std::string text) { report_.obstacles.push_back(std::move(text)); }
  void Remark(std::string text) { report_.remarks.push_back(std::move(text)); }

  void Unreadable(std::string_view partition, std::string_view key, const Status& why) {
    if (unreadable_++ >= parts_.shown_max) return;
    Obstacle(fmt::format("the record {} of partition {} cannot be read: {}", Escaped(key),
                         partition, why.message()));
  }

  Result<std::string> TextAt(std::string_view partition, std::string_view key) {
    TARN_TRY_ASSIGN(auto found, kv_.Get(partition, key));
    return found ? *std::move(found) : std::string();
  }

  Status LookAtSchema() {
    const auto version = auth::ReadSchemaVersion(kv_);
    if (version.code() == Code::kCorrupt) {
      Obstacle(std::string(version.status().message()));
      return {};
    }
    TARN_TRY(version.status());
    TARN_TRY_ASSIGN(const std::string program, TextAt(records::kAuthPartition, kLastProgram));
    TARN_TRY_ASSIGN(const std::string set_up, TextAt(records::kAuthPartition, kSetupTime));
    Fact("records", *version ? fmt::format("version {}", **version) : "none yet");
    Fact("last program", program.empty() ? "unknown" : program);
    Fact("set up", set_up.empty() ? "never" : set_up);
    if (!*version) return {};
    if (const Status fits = auth::CheckSchemaVersion(**version); !fits.ok()) {
      Obstacle(std::string(fits.message()));
    }
    return {};
  }

  Status LookAtAdministrator() {
    const auto name = parts_.auth.CheckAdministrator();
    if (name.ok() && parts_.auth.directory().is_remote()) {
      Fact("administrator", "kept by the authorization server, which is ready");
    } else if (name.ok()) {
      Fact("administrator", name->empty() ? "none yet" : *name + ", whose key can be opened");
    } else {
      Obstacle(fmt::format("nobody could sign in: {}", name.status().message()));
    }
    for (const std::string_view what : {"groups", "policies"}) {
      int64_t count = 0;
      TARN_TRY(records::ForEachRecord(kv_, records::kAuthPartition, fmt::format("{}/", what),
                                      [&](auto, auto) { return ++count, Status(); }));
      if (count > 0) {
        Remark(fmt::format("{} {} are there and stay, but have no effect: there is one user", count,
                           what));
      }
    }
    return {};
  }

  Status LookAtRepository(std::string_view key, std::string_view bytes) {
    auto decoded = refs::DecodeRepository(bytes);
    if (!decoded.ok()) {
      Unreadable(records::kRepositoriesPartition, key, decoded.status());
      return {};
    }
    repository_ = *std::move(decoded);
    ++repositories_;
    const std::string& place = repository_.storage_namespace.str();
    const std::string_view type = block::StoreTypeOf(place);
    if (type != parts_.objects.info().type) {
      Obstacle(fmt::format("repository {} lies in {}, but blockstore.type is {}",
                           repository_.id.str(), place, parts_.objects.info().type));
    }
    if (place.find('%') != std::string::npos) {
      Remark(
          fmt::format("the namespace {} of repository {} may be percent-encoded: see "
                      "'tarn migrate task run storage-ns-encoded --dry-run'",
                      place, repository_.id.str()));
    }
    if (repository_.read_only) ++read_only_;
    if (repository_.state == refs::RepositoryState::kInDeletion) ++in_deletion_;
    trees_of_repository_.clear();
    TARN_TRY(records::ForEachRecord(kv_, repository_.partition(), "",
                                    [&](std::string_view name, std::string_view value) {
                                      return LookAtRecord(name, value), Status();
                                    }));
    return LookAtTrees();
  }

  /// Of the partition of a repository.
  void LookAtRecord(std::string_view key, std::string_view bytes) {
    static constexpr Row kRows[] = {
        {records::kBranchPrefix, &Survey::branches_, &Survey::CheckBranch},
        {records::kTagPrefix, &Survey::tags_, &Survey::CheckDecoded<refs::DecodeTag>},
        {records::kCommitPrefix, &Survey::commits_, &Survey::CheckCommit},
        {records::kPullPrefix, &Survey::pulls_, &Survey::CheckDecoded<refs::DecodePull>},
        {records::kImportPrefix, &Survey::imports_, &Survey::CheckJob<versioning::DecodeImport>},
        {records::kTaskPrefix, &Survey::tasks_, &Survey::CheckJob<versioning::DecodeTask>},
    };
    Status readable;
    for (const Row& row : kRows) {
      if (!key.starts_with(row.prefix)) continue;
      ++(this->*row.count);
      readable = (this->*row.check)(key.substr(row.prefix.size()), bytes);
      if (!readable.ok()) Unreadable(repository_.partition(), key, readable);
      return;
    }
    readable = CheckRecord(repository_.partition(), key, bytes);
    if (!readable.ok()) Unreadable(repository_.partition(), key, readable);
  }

  template <auto decode>
  Status CheckDecoded(std::string_view /*name*/, std::string_view bytes) {
    return decode(bytes).status();
  }

  template <auto decode>
  Status CheckJob(std::string_view /*name*/, std::string_view bytes) {
    TARN_TRY_ASSIGN(const versioning::JobRecord job, decode(bytes));
    if (job.state == versioning::JobState::kRunning) ++running_jobs_;
    return {};
  }

  Status CheckCommit(std::string_view name, std::string_view bytes) {
    TARN_TRY_ASSIGN(const refs::Commit commit, refs::DecodeCommit(bytes));
    const CommitId computed = refs::ComputeCommitId(commit);
    if (computed == CommitId(std::string(name))) return {};
    return {Code::kCorrupt, fmt::format("its content has the id {}", computed.str())};
  }

  Status CheckBranch(std::string_view /*name*/, std::string_view bytes) {
    TARN_TRY_ASSIGN(const refs::Branch branch, refs::DecodeBranch(bytes));
    trees_of_repository_.insert(branch.commit);
    const int64_t before = uncommitted_;
    for (const StagingToken& token : branch.tokens()) {
      TARN_TRY(records::ForEachRecord(
          kv_, token.view(), "", [&](std::string_view key, std::string_view record) {
            ++uncommitted_;
            if (const auto read = staging::DecodeRecord(record); !read.ok()) {
              Unreadable(token.view(), key, read.status());
            }
            return Status();
          }));
    }
    if (uncommitted_ > before) ++dirty_branches_;
    return {};
  }

  /// Reads the trees at the heads of the branches, and whether actions are in them.
  Status LookAtTrees() {
    bool has_actions = false;
    for (const CommitId& id : trees_of_repository_) {
      TARN_TRY_ASSIGN(const auto bytes, kv_.Get(repository_.partition(),
                                                records::Key(records::kCommitPrefix, id.view())));
      if (!bytes) {
        Obstacle(fmt::format("repository {} lacks the commit {}, to which a branch points",
                             repository_.id.str(), id.str()));
        continue;
      }
      const auto commit = refs::DecodeCommit(*bytes);
      if (!commit.ok() || commit->metarange.empty() || trees_ >= kTreesMax) continue;
      ++trees_;
      const auto holds = HasActions(commit->metarange);
      if (holds.ok()) {
        has_actions = has_actions || *holds;
      } else if (++unreadable_trees_ <= parts_.shown_max) {
        Obstacle(fmt::format("the tree of commit {} of repository {} cannot be read: {}", id.str(),
                             repository_.id.str(), holds.status().message()));
      }
    }
    if (has_actions) {
      Remark(
          fmt::format("repository {} has actions in {}: they will be run; scripts find no azure, "
                      "gcloud, formats and delta_exporter",
                      repository_.id.str(), kActionsFolder));
    }
    return {};
  }

  Result<bool> HasActions(const MetarangeId& tree) {
    TARN_TRY_ASSIGN(const auto entries,
                    parts_.committed.Iterate(repository_.storage_namespace, tree));
    TARN_TRY(entries->Seek(kActionsFolder));
    return entries->Valid() && entries->key().starts_with(kActionsFolder);
  }

  Status LookAtUploads() {
    int64_t uploads = 0;
    TARN_TRY(records::ForEachRecord(kv_, records::kTrackerPartition, "",
                                    [&](auto, auto) { return ++uploads, Status(); }));
    Fact("uploads in parts", fmt::format("{} open, which can go on", uploads));
    return {};
  }

  void Conclude() {
    Fact("repositories",
         fmt::format("{} ({} read-only, {} in deletion)", repositories_, read_only_, in_deletion_));
    Fact("branches", fmt::format("{} ({} with uncommitted changes: {} entries)", branches_,
                                 dirty_branches_, uncommitted_));
    Fact("tags", fmt::to_string(tags_));
    Fact("commits", fmt::format("{}, whose ids were computed anew", commits_));
    Fact("pull requests", fmt::to_string(pulls_));
    Fact("imports and tasks", fmt::format("{} and {}", imports_, tasks_));
    Fact("trees read", fmt::format("{}, {} of them could not be", trees_, unreadable_trees_));
    Fact("unreadable records", fmt::to_string(unreadable_));
    if (unreadable_ > parts_.shown_max) {
      Obstacle(fmt::format("{} more records cannot be read", unreadable_ - parts_.shown_max));
    }
    if (running_jobs_ > 0) {
      Remark(fmt::format("{} imports or tasks are running: let them end first, or start them again",
                         running_jobs_));
    }
  }

  const Installation& parts_;
  kv::Store& kv_;
  TakeoverReport report_;
  refs::Repository repository_;             // The one that is looked at.
  std::set<CommitId> trees_of_repository_;  // Heads of its branches.
  int64_t repositories_ = 0, read_only_ = 0, in_deletion_ = 0;
  int64_t branches_ = 0, tags_ = 0, commits_ = 0, pulls_ = 0, imports_ = 0, tasks_ = 0;
  int64_t uncommitted_ = 0, dirty_branches_ = 0, running_jobs_ = 0;
  size_t trees_ = 0, unreadable_trees_ = 0, unreadable_ = 0;
};

}  // namespace

Result<TakeoverReport> SurveyInstallation(const Installation& installation) {
  return Survey(installation).Run();
}

}  // namespace tarn::server
