// Imports of a client with branches of its own, and how it waits for jobs.
#include <utility>

#include "base/sync.h"
#include "private_branches.h"
#include "versioning/branch/branches.h"
#include "versioning/jobs/job_kinds.h"

namespace tarn::sim {
namespace {

constexpr int64_t kPollUs = 2'000'000;
// Longer than leases, and than a call that stalls.
constexpr int kPollsMax = 3600;

bool HasEnded(const versioning::ImportStatus& status) {
  return status.completed || !status.error.empty();
}

}  // namespace

std::optional<versioning::ImportStatus> PrivateBranches::AwaitImport(const std::string& id) {
  for (int i = 0; i < kPollsMax && !world_.failed(); ++i) {
    SleepForUs(kPollUs);
    const auto server = world_.AnyServer();
    const VerbScope scope("import status");
    const auto status = versioning::GetImport(server->jobs, repository_, id);
    if (world_.Judge(status.status(), {}, id) != Outcome::kDone) continue;
    if (HasEnded(*status)) return *status;
  }
  Expect(false, "import " + id + " does not end");
  return std::nullopt;
}

void PrivateBranches::Import() {
  const std::string destination = prefix_ + "i/";
  const std::string source = "mem://source/" + prefix_ + std::to_string(++names_) + "/";
  Tree result = HeadOf(*at_);
  std::erase_if(result, [&](const auto& item) { return item.first.starts_with(destination); });
  for (uint64_t i = 0, n = 1 + world_.Draw(6); i < n; ++i) {
    const std::string key = std::to_string(i), text = world_.NewText();
    result[destination + key] = text;
    IgnoreError(block::PutObject(world_.objects(), {source, key}, text).status(), "in memory");
  }
  versioning::ImportRequest request{.branch = BranchId(at_->name)};
  request.locations = {{versioning::ImportLocationType::kCommonPrefix, source, destination}};
  request.committer = "client";
  request.metadata = {{Installation::kImportedFrom, source}};
  std::string id;
  {
    const auto server = world_.AnyServer();
    const auto started =
        versioning::StartImport(server->context, server->jobs, repository_, std::move(request));
    if (world_.Judge(started.status(), {}, at_->name) != Outcome::kDone) {
      return LeaveBranch(*at_);  // It may run.
    }
    id = *started;
  }
  if (world_.Draw(4) == 0) {
    SleepForUs(static_cast<int64_t>(world_.Draw(2'000'000)));
    const VerbScope scope("cancel import");
    const auto server = world_.AnyServer();
    const Status cancelled = versioning::CancelImport(server->jobs, repository_, id);
    if (world_.Judge(cancelled, {Code::kConflict}, id) == Outcome::kDone) {
      const auto now = versioning::GetImport(world_.observer().jobs, repository_, id);
      Expect(now.ok() && HasEnded(*now), "a cancelled import goes on");
    }
  }
  const auto ended = AwaitImport(id);
  if (!ended) return;
  if (!ended->completed) return LeaveBranch(*at_);
  Expect(!IsDirty(*at_), "imported into a dirty branch");
  Settle(*at_, Outcome::kDone, {{result, ModelCommit{{at_->head}, result}}});
}

/// Goes on with a new branch at the same commit: something may still change the old one.
void PrivateBranches::LeaveBranch(Branch& branch) {
  left_.insert(branch.name);
  branch.name = prefix_ + "n" + std::to_string(++names_);
  branch.visible = HeadOf(branch);
  const auto made = versioning::CreateBranch(world_.observer().context, repository_,
                                             {.id = BranchId(branch.name), .source = branch.head});
  Expect(made.ok(), "a new branch: " + made.status().ToString());
}

/// What a job came to; nothing if it failed. Of another repository if one is given.
std::optional<std::string> PrivateBranches::AwaitResult(const versioning::JobKind& kind,
                                                        const std::string& id,
                                                        const refs::Repository* repository) {
  for (int i = 0; i < kPollsMax && !world_.failed(); ++i) {
    SleepForUs(kPollUs);
    const auto server = world_.AnyServer();
    const VerbScope scope("job status");
    const auto job = server->jobs.Get(kind, repository ? *repository : repository_, id);
    if (world_.Judge(job.status(), {}, id) != Outcome::kDone) continue;
    if (job->state == versioning::JobState::kFailed) {
      job_error_ = job->error.text;
      return std::nullopt;
    }
    if (job->state == versioning::JobState::kDone) return job->result.value_or("");
  }
  Expect(false, "job " + id + " does not end");
  return std::nullopt;
}

}  // namespace tarn::sim
