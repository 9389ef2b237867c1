// Uploads in parts, imports and tasks of a client with branches of its own.
#include <algorithm>
#include <utility>

#include "base/sync.h"
#include "codec/hex.h"
#include "private_branches.h"
#include "versioning/branch/branches.h"
#include "versioning/gc/gc_commits.h"
#include "versioning/gc/gc_rules.h"
#include "versioning/jobs/job_kinds.h"
#include "versioning/repository/refs_dump.h"

namespace tarn::sim {
namespace {

constexpr int64_t kPollUs = 2'000'000;
// Longer than leases, and than a call that stalls.
constexpr int kPollsMax = 3600;

bool HasEnded(const versioning::ImportStatus& status) {
  return status.completed || !status.error.empty();
}

}  // namespace

// Uploads in parts. -----------------------------------------------------------------------------

void PrivateBranches::UploadInParts() {
  catalog::MultipartUpload upload;
  upload.branch = BranchId(at_->name);
  upload.path = AnyPath();
  {
    const auto server = world_.AnyServer();
    const auto started = server->catalog.multipart().Start(repository_, upload);
    if (world_.Judge(started.status(), {}, at_->name) != Outcome::kDone) return;
    upload = *started;
  }
  const catalog::UploadPlace place = catalog::MultipartUploads::PlaceOf(repository_, upload.id);
  catalog::CompletionRequest request;
  std::string text;
  for (int64_t number = 1; number <= 2; ++number) {
    for (bool stored = false; !stored && !world_.failed();) {
      const std::string bytes = world_.NewText();
      const auto server = world_.AnyServer();
      const VerbScope scope("upload part");
      auto part = server->catalog.multipart().BeginPart(place, number, std::nullopt);
      Status status = part.status();
      if (status.ok()) status = (*part)->Write(bytes);
      if (status.ok()) status = (*part)->Finish().status();
      stored = world_.Judge(status, {}, upload.id) == Outcome::kDone;
      if (!stored) continue;
      text += bytes;
      request.parts.push_back({number, ToHex(AsView(Md5(bytes)))});
    }
  }
  FinishParts(upload, request, text);
}

/// Completes the upload on one server, and again, or aborts it, at the same time on another.
void PrivateBranches::FinishParts(const catalog::MultipartUpload& upload,
                                  const catalog::CompletionRequest& request,
                                  const std::string& text) {
  const catalog::UploadName name{upload.id, upload.branch, upload.path, upload.address};
  const bool aborts = world_.Draw(2) == 0;
  Status completed, other;
  const auto complete = [&](Status* status) {
    const VerbScope scope("complete parts");
    const auto server = world_.AnyServer();
    *status = server->catalog.multipart().Complete(repository_, name, request).status();
    world_.Judge(*status, {Code::kNotFound, Code::kInvalidRequest, Code::kConflict}, upload.id);
  };
  const auto abort = [&] {
    const VerbScope scope("abort parts");
    const auto server = world_.AnyServer();
    other = server->catalog.multipart().Abort(repository_, name);
    world_.Judge(other, {Code::kNotFound, Code::kConflict}, upload.id);
  };
  {
    Thread second("second", [&] { aborts ? abort() : complete(&other); });
    complete(&completed);
  }
  Expect(!completed.ok() || !other.ok(), "an upload ended twice");
  const auto refused = [](const Status& status) {
    return status.code() == Code::kNotFound || status.code() == Code::kConflict;
  };
  const bool done = completed.ok() || (!aborts && other.ok());
  const bool nothing = aborts && other.ok() && refused(completed);
  Next next{.visible = at_->visible};
  next.visible[upload.path] = text;
  Settle(*at_, done ? Outcome::kDone : nothing ? Outcome::kRefused : Outcome::kUnknown, {next});
}

// Jobs. -----------------------------------------------------------------------------------------

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

/// What a job came to; nothing if it failed.
std::optional<std::string> PrivateBranches::AwaitResult(const versioning::JobKind& kind,
                                                        const std::string& id) {
  for (int i = 0; i < kPollsMax && !world_.failed(); ++i) {
    SleepForUs(kPollUs);
    const auto server = world_.AnyServer();
    const VerbScope scope("job status");
    const auto job = server->jobs.Get(kind, repository_, id);
    if (world_.Judge(job.status(), {}, id) != Outcome::kDone) continue;
    if (job->state == versioning::JobState::kFailed) return std::nullopt;
    if (job->state == versioning::JobState::kDone) return job->result.value_or("");
  }
  Expect(false, "job " + id + " does not end");
  return std::nullopt;
}

void PrivateBranches::DumpRefs() {
  std::string id;
  {
    const auto server = world_.AnyServer();
    const auto started = server->jobs.Start(versioning::kDumpRefsJob, repository_,
                                            versioning::DumpRefsTask(server->context, repository_));
    if (world_.Judge(started.status(), {}, "") != Outcome::kDone) return;
    id = *started;
  }
  const auto result = AwaitResult(versioning::kDumpRefsJob, id);
  if (!result) return;
  const auto dump = versioning::DecodeDumpInfo(*result);
  if (!dump.ok()) return Expect(false, dump.status().ToString());
  for (const MetarangeId& tree : {dump->commits, dump->branches}) {
    const auto ranges = world_.observer().committed.Ranges(repository_.storage_namespace, tree);
    Expect(ranges.ok() && !ranges->empty(), "a dump has no tree");
  }
}

void PrivateBranches::PrepareGc() {
  std::string id;
  {
    const auto server = world_.AnyServer();
    versioning::GcRules rules;
    rules.default_retention_days = 7;
    Status status = versioning::SetGcRules(server->context, repository_, rules);
    if (status.ok()) {
      const auto started =
          server->jobs.Start(versioning::kPrepareGcCommitsJob, repository_,
                             versioning::PrepareGcCommitsTask(server->context, repository_));
      status = started.status();
      if (status.ok()) id = *started;
    }
    if (world_.Judge(status, {}, "") != Outcome::kDone) return;
  }
  const std::vector<Branch> before = branches_;
  const auto result = AwaitResult(versioning::kPrepareGcCommitsJob, id);
  if (!result) return;
  SimServer& observer = world_.observer();
  const auto run = versioning::DecodeGcCommitsInfo(observer.context, *result);
  if (!run.ok()) return Expect(false, run.status().ToString());
  const auto list = block::GetObject(
      observer.objects, {repository_.storage_namespace.view(), run->commits_address}, 1 << 20);
  if (!list.ok()) return Expect(false, "the list: " + list.status().ToString());
  for (const Branch& branch : before) {
    Expect(list->find(branch.head) != std::string::npos, "a head would be collected");
  }
}

}  // namespace tarn::sim
