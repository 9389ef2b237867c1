#include "versioning/import/import.h"

#include <utility>

#include "block/namespace_address.h"
#include "versioning/branch/branches.h"
#include "versioning/import/import_record.h"
#include "versioning/import/import_run.h"
#include "versioning/jobs/job_kinds.h"

namespace tarn::versioning {
namespace {

/// Sources that have no place fail when they are walked.
Status CheckSources(const block::ObjectStore& objects, const refs::Repository& repository,
                    const ImportRequest& request) {
  const std::string& ns = repository.storage_namespace.str();
  for (const ImportLocation& location : request.locations) {
    const std::string& path = location.path;
    const block::SourceRelation relation = block::RelationOf(objects, ns, path);
    if (relation == block::SourceRelation::kInside) {
      return {Code::kInvalidValue, "import path (" + path + ") in repository namespace (" + ns +
                                       ") is prohibited: invalid import source"};
    }
    const bool contains = relation == block::SourceRelation::kContains;
    if (location.type == ImportLocationType::kCommonPrefix && contains) {
      return {Code::kInvalidValue, "prefix (" + path + ") contains repository namespace: (" + ns +
                                       "), invalid import source"};
    }
  }
  return {};
}

// Each heartbeat writes it anew. Larger requests, of very many paths, are not taken over.
constexpr size_t kStoredRequestBytesMax = 64 << 10;

/// What a request holds in memory, roughly.
int64_t BytesOf(const ImportRequest& request) {
  size_t bytes = sizeof(request) + request.committer.size() + request.message.size();
  for (const ImportLocation& location : request.locations) {
    bytes += sizeof(location) + location.path.size() + location.destination.size();
  }
  for (const auto& [key, value] : request.metadata) bytes += key.size() + value.size();
  return static_cast<int64_t>(bytes);
}

Status Import(Context& context, const refs::Repository& repository, const ImportRequest& request,
              JobProgress& progress) {
  TARN_TRY_ASSIGN(const refs::Commit commit, RunImport(context, repository, request, progress));
  progress.SetResult(EncodeImportResult({commit.metarange, commit}));
  return {};
}

/// Ends an import whose commit is there, and may be in the branch.
Status EndImport(Context& context, const refs::Repository& repository, const BranchId& branch,
                 const CommitId& id, JobProgress& progress) {
  TARN_TRY_ASSIGN(const bool moved, HasInHistory(context, repository, branch, id));
  if (!moved) return Status(Code::kCancelled);
  TARN_TRY_ASSIGN(const auto commit, context.refs.GetCommit(repository, id));
  NoteImportTime(context, repository, *commit);
  progress.SetResult(EncodeImportResult({commit->metarange, *commit}));
  return {};
}

}  // namespace

Result<std::string> StartImport(Context& context, JobEngine& jobs,
                                const refs::Repository& repository, ImportRequest request) {
  if (!context.objects.info().import_support) {
    return Status(Code::kForbidden, "import is not supported for this storage");
  }
  TARN_TRY(context.refs.GetBranch(repository, request.branch));
  TARN_TRY(CheckSources(context.objects, repository, request));
  const int64_t bytes = BytesOf(request);
  std::string stored = EncodeImportRequest(request);
  if (stored.size() > kStoredRequestBytesMax) stored.clear();
  JobWork work = [&context, repository, request = std::move(request)](JobProgress& progress) {
    return Import(context, repository, request, progress);
  };
  return jobs.Start(kImportJob, repository, std::move(work), bytes, std::move(stored));
}

JobWork ResumeImport(Context& context, const refs::Repository& repository, const JobRecord& left) {
  return [&context, repository, left](JobProgress& progress) -> Status {
    TARN_TRY_ASSIGN(const ImportRequest request, DecodeImportRequest(left.request));
    if (left.intent.empty()) return Import(context, repository, request, progress);
    progress.signals()->progress = left.progress;
    return EndImport(context, repository, request.branch, CommitId(left.intent), progress);
  };
}

Result<ImportStatus> GetImport(JobEngine& jobs, const refs::Repository& repository,
                               std::string_view id) {
  TARN_TRY_ASSIGN(JobRecord job, jobs.Get(kImportJob, repository, id));
  TARN_TRY_ASSIGN(ImportResult result, DecodeImportResult(job.result.value_or("")));
  return ImportStatus{.id = std::move(job.id),
                      .completed = job.state == JobState::kDone,
                      .updated = job.updated,
                      .ingested_objects = job.progress,
                      .metarange = std::move(result.metarange),
                      .commit = std::move(result.commit),
                      .error = std::move(job.error.text)};
}

Status CancelImport(JobEngine& jobs, const refs::Repository& repository, std::string_view id) {
  return jobs.Cancel(kImportJob, repository, id);
}

}  // namespace tarn::versioning
