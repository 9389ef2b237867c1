#include "versioning/import/import_run.h"

#include "base/log.h"
#include "versioning/branch/hooked_commit.h"
#include "versioning/import/import_stream.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kStrategyKey = ".lakefs.merge.strategy";
constexpr std::string_view kStrategy = "source-wins";
constexpr std::string_view kLastImportKey = ".lakefs.last.import.timestamp";
constexpr std::string_view kDefaultMessage = "Import objects";

class ImportRun {
 public:
  ImportRun(Context& context, const refs::Repository& repository, const ImportRequest& request,
            JobProgress& progress)
      : context_(context), repository_(repository), request_(request), progress_(progress) {}

  Result<refs::Commit> Run() {
    TARN_TRY_ASSIGN(const MetarangeId imported, Ingest());
    auto commit = Publish(imported);
    if (!commit.ok() && commit.code() != Code::kCancelled) {
      return std::move(commit).status().Prefixed("merge import: ");
    }
    return commit;
  }

 private:
  /// Writes what the sources hold as a tree of its own.
  Result<MetarangeId> Ingest() {
    ImportStream records(context_.objects, context_.workers, request_.locations,
                         progress_.signals());
    if (repository_.read_only && !request_.force) return RefuseReadOnly(records);
    auto tree = context_.committed.WriteTree(repository_.storage_namespace, records);
    if (tree.ok()) return tree;
    progress_.signals()->stop = true;  // spares reading what nobody waits for
    if (!records.failure().ok()) return IngestFailed(records.failure());
    return std::move(tree).status().Prefixed("write range: ");
  }

  /// The reference finds out when it has something to write, and that shows in the message.
  Status RefuseReadOnly(ImportStream& records) {
    const Status sought = records.Seek("");
    progress_.signals()->stop = true;
    if (!sought.ok()) return IngestFailed(sought);
    return Status(Code::kReadOnlyRepository, "read-only repository")
        .Prefixed(records.Valid() ? "write range: " : "create metarange: ");
  }

  static Status IngestFailed(Status status) {
    if (status.code() == Code::kCancelled) return status;
    return std::move(status).Prefixed("error on ingest: ");
  }

  Result<refs::Commit> Publish(const MetarangeId& imported) {
    BranchCommitOptions options;
    // Whoever cancels it, or takes this server for dead, tells its record, and finds there which
    // commit to look for.
    options.before_update = [this](const refs::Commit& commit) {
      return progress_.Intend(commit.id.view());
    };
    const BuildFn build = [&](const BranchState& state, refs::Commit* next) {
      return Build(imported, state, next);
    };
    TARN_TRY(CheckStop());
    HookCall hook{.event = HookEvent::kPreCommit,
                  .repository = repository_,
                  .source_ref = request_.branch.view(),
                  .branch = request_.branch.view(),
                  .cancelled = &progress_.signals()->stop,
                  .user = request_.committer};
    HookedCommit hooked(context_, hook, HookEvent::kPostCommit);
    hooked.AddTo(&options, AskBefore::kYes, "update branch " + request_.branch.str() + ": ");
    TARN_TRY_ASSIGN(refs::Commit commit,
                    CommitToBranch(context_, repository_, request_.branch, build, options));
    hooked.Committed(commit);
    NoteImportTime(context_, repository_, commit);
    return commit;
  }

  Status Build(const MetarangeId& imported, const BranchState& state, refs::Commit* next) {
    TARN_TRY(CheckStop());
    next->committer = request_.committer;
    next->message = request_.message.empty() ? kDefaultMessage : request_.message;
    next->metadata = request_.metadata;
    next->metadata[std::string(kStrategyKey)] = kStrategy;
    committed::ReplaceSet replaced;
    for (const ImportLocation& location : request_.locations) {
      auto& list = location.type == ImportLocationType::kObject ? replaced.keys : replaced.prefixes;
      list.push_back(location.destination);
    }
    TARN_TRY_ASSIGN(next->metarange,
                    context_.committed.ReplaceAndInsert(repository_.storage_namespace,
                                                        state.head.metarange, replaced, imported));
    return {};
  }

  Status CheckStop() const { return progress_.stop() ? Status(Code::kCancelled) : Status(); }

  Context& context_;
  const refs::Repository& repository_;
  const ImportRequest& request_;
  JobProgress& progress_;
};

}  // namespace

Result<refs::Commit> RunImport(Context& context, const refs::Repository& repository,
                               const ImportRequest& request, JobProgress& progress) {
  return ImportRun(context, repository, request, progress).Run();
}

void NoteImportTime(Context& context, const refs::Repository& repository,
                    const refs::Commit& commit) {
  const Status noted = context.refs.UpdateRepositoryMetadata(repository, [&](Metadata* map) {
    (*map)[std::string(kLastImportKey)] = std::to_string(commit.created.seconds);
  });
  if (!noted.ok()) TARN_LOG_WARN("time of import not noted: {}", noted.ToString());
}

}  // namespace tarn::versioning
