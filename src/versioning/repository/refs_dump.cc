#include "versioning/repository/refs_dump.h"

#include <array>
#include <map>
#include <utility>
#include <vector>

#include "base/sync.h"
#include "iter/map_iterator.h"
#include "iter/merge_iterator.h"
#include "records/layout.h"
#include "refs/records.h"
#include "versioning/branch/branches.h"
#include "versioning/parallel.h"
#include "versioning/repository/refs_entities.h"

namespace tarn::versioning {
namespace {

/// Records that are restored at a time, so that they share the waits for the disk.
constexpr size_t kRestoreBatch = 512;

/// The records of one kind as they go into a dump.
class RecordsIterator final : public committed::Changes {
 public:
  RecordsIterator(const RefsEntityRow& row, kv::IteratorPtr records, const JobProgress* progress)
      : row_(row), records_(std::move(records)), progress_(progress) {}

  Status Seek(std::string_view target) override {
    TARN_TRY(records_->Seek(records::Key(row_.key_prefix, target)));
    return Settle();
  }
  Status Next() override {
    TARN_TRY(records_->Next());
    return Settle();
  }
  bool Valid() const override { return valid_; }
  std::string_view key() const override { return records_->key().substr(row_.key_prefix.size()); }
  const ValueView& value() const override { return view_; }

 private:
  Status Settle() {
    valid_ = false;
    if (progress_ != nullptr && progress_->stop()) return Status(Code::kCancelled);
    if (!records_->Valid()) return {};
    TARN_TRY_ASSIGN(value_, row_.to_dump(key(), records_->value()));
    view_ = value_.view();
    valid_ = true;
    return {};
  }

  const RefsEntityRow& row_;
  const kv::IteratorPtr records_;
  const JobProgress* progress_;  // null, or the caller's
  bool valid_ = false;
  Value value_;
  ValueView view_;  // of value_
};

Result<MetarangeId> WriteEntity(Context& context, const refs::Repository& repository,
                                const RefsEntityRow& row, committed::Changes& records) {
  return context.committed.WriteTree(repository.storage_namespace, records,
                                     {{"entity", std::string(row.name)},
                                      {"schema_name", std::string(row.schema_name)},
                                      {"schema_definition", std::string(row.schema_definition)}});
}

/// Finds the commits that those of a tree stand on and that the tree lacks. A scan in pages gives
/// the child of a commit that it has passed over if both come while it runs.
class PassedOver {
 public:
  using Commits = MapIterator<ValueView, Value>::Records;

  PassedOver(Context& context, const refs::Repository& repository, const MetarangeId& commits)
      : context_(context), repository_(repository), tree_(commits) {}

  Result<Commits> Find(const JobProgress* progress) {
    TARN_TRY_ASSIGN(const auto records,
                    context_.committed.Iterate(repository_.storage_namespace, tree_));
    TARN_TRY(records->Seek(""));
    while (records->Valid()) {
      if (progress != nullptr && progress->stop()) return Status(Code::kCancelled);
      TARN_TRY_ASSIGN(const refs::Commit commit, refs::DecodeCommit(records->value().data));
      TARN_TRY(LookAtParents(commit));
      TARN_TRY(records->Next());
    }
    while (!open_.empty()) {
      const refs::Commit commit = std::move(open_.back());
      open_.pop_back();
      TARN_TRY(LookAtParents(commit));
    }
    return std::move(found_);
  }

 private:
  Status LookAtParents(const refs::Commit& commit) {
    for (const CommitId& parent : commit.parents) {
      if (found_.contains(parent.view())) continue;
      TARN_TRY_ASSIGN(const auto dumped,
                      context_.committed.Get(repository_.storage_namespace, tree_, parent.view()));
      if (dumped) continue;
      const auto stored = context_.refs.GetCommit(repository_, parent);
      if (stored.code() == Code::kCommitNotFound) continue;  // Nobody has it.
      TARN_TRY(stored.status());
      TARN_TRY_ASSIGN(
          Value value,
          RowOf(RefsEntity::kCommit).to_dump(parent.view(), refs::EncodeCommit(**stored)));
      found_.emplace(parent.str(), std::move(value));
      open_.push_back(**stored);
    }
    return {};
  }

  Context& context_;
  const refs::Repository& repository_;
  const MetarangeId& tree_;
  Commits found_;
  std::vector<refs::Commit> open_;  // Of those found, whose parents are to be looked at.
};

/// The same tree with what it lacks.
Result<MetarangeId> CompleteCommits(Context& context, const refs::Repository& repository,
                                    MetarangeId commits, const JobProgress* progress) {
  TARN_TRY_ASSIGN(auto passed_over, PassedOver(context, repository, commits).Find(progress));
  if (passed_over.empty()) return commits;
  std::vector<AnyIteratorPtr<ValueView>> sources(2);
  TARN_TRY_ASSIGN(sources[0], context.committed.Iterate(repository.storage_namespace, commits));
  sources[1] = std::make_unique<MapIterator<ValueView, Value>>(std::move(passed_over));
  MergeIterator<ValueView> all(std::move(sources));
  return WriteEntity(context, repository, RowOf(RefsEntity::kCommit), all);
}

Result<MetarangeId> DumpEntity(Context& context, const refs::Repository& repository,
                               RefsEntity entity, const JobProgress* progress) {
  const RefsEntityRow& row = RowOf(entity);
  TARN_TRY_ASSIGN(auto records, context.kv.Scan(repository.partition(), row.key_prefix));
  RecordsIterator iterator(row, std::move(records), progress);
  TARN_TRY_ASSIGN(MetarangeId tree, WriteEntity(context, repository, row, iterator));
  if (entity != RefsEntity::kCommit || context.kv.traits().scans == kv::ScanKind::kSnapshot) {
    return tree;
  }
  return CompleteCommits(context, repository, std::move(tree), progress);
}

/// Which of a dump's trees belongs to an entity.
MetarangeId& TreeOf(RefsEntity entity, RefsDump* dump) {
  if (entity == RefsEntity::kCommit) return dump->commits;
  return entity == RefsEntity::kBranch ? dump->branches : dump->tags;
}

/// Commits come last: so each ref that was seen finds its commit among them.
constexpr std::array<RefsEntity, 3> kDumpOrder = {RefsEntity::kTag, RefsEntity::kBranch,
                                                  RefsEntity::kCommit};
/// Commits come first: so each ref that can be seen finds its commit.
constexpr std::array<RefsEntity, 3> kRestoreOrder = {RefsEntity::kCommit, RefsEntity::kBranch,
                                                     RefsEntity::kTag};

struct DumpedRecord {
  std::string id, data;
};

/// What is done with the records of a dump: all are checked before any is written.
enum class Pass : uint8_t { kCheck, kRestore };
constexpr std::array<Pass, 2> kPasses = {Pass::kCheck, Pass::kRestore};

Status RestoreBatch(Context& context, const refs::Repository& repository, const RefsEntityRow& row,
                    const MetarangeId& commits, const std::vector<DumpedRecord>& batch, Pass pass) {
  Mutex mutex;
  Status first_failure;  // guarded by mutex
  ParallelFor(context.workers, batch.size(), [&](size_t i) {
    const auto& [id, data] = batch[i];
    Status restored = pass == Pass::kCheck ? row.check(context, repository, commits, id, data)
                                           : row.restore(context, repository, id, data);
    if (restored.ok()) return;
    const MutexLock lock(mutex);
    if (first_failure.ok()) first_failure = std::move(restored);
  });
  return first_failure;
}

/// Trees written by old versions do not say what they hold.
Status CheckEntity(Context& context, const refs::Repository& repository, const MetarangeId& tree,
                   const RefsEntityRow& row) {
  TARN_TRY_ASSIGN(const auto properties,
                  context.committed.tables().Properties(repository.storage_namespace, tree.view()));
  const auto entity = properties.find("entity");
  if (entity == properties.end() || entity->second == row.name) return {};
  return {Code::kInvalidValue, tree.str() + " holds no records of entity " + std::string(row.name) +
                                   ": invalid value: validation error"};
}

Status RestoreEntity(Context& context, const refs::Repository& repository, RefsEntity entity,
                     RefsDump dump, Pass pass, const JobProgress* progress) {
  const RefsEntityRow& row = RowOf(entity);
  const MetarangeId tree = TreeOf(entity, &dump);
  // The empty id is a tree in memory only, never a dump.
  if (tree.view().empty()) return {Code::kDataNotFound, "not found"};
  TARN_TRY(CheckEntity(context, repository, tree, row));
  TARN_TRY_ASSIGN(const auto records,
                  context.committed.Iterate(repository.storage_namespace, tree));
  TARN_TRY(records->Seek(""));
  std::vector<DumpedRecord> batch;
  while (records->Valid()) {
    if (progress != nullptr && progress->stop()) return Status(Code::kCancelled);
    batch.push_back({std::string(records->key()), std::string(records->value().data)});
    TARN_TRY(records->Next());
    if (batch.size() < kRestoreBatch && records->Valid()) continue;
    TARN_TRY(RestoreBatch(context, repository, row, dump.commits, batch, pass));
    batch.clear();
  }
  return {};
}

}  // namespace

std::string ManifestOf(const RefsDump& dump) {
  return "{\n  \"branches_meta_range_id\": \"" + dump.branches.str() +
         "\",\n  \"commits_meta_range_id\": \"" + dump.commits.str() +
         "\",\n  \"tags_meta_range_id\": \"" + dump.tags.str() + "\"\n}";
}

Result<RefsDump> DumpRefs(Context& context, const refs::Repository& repository) {
  RefsDump dump;
  for (const RefsEntity entity : kDumpOrder) {
    TARN_TRY_ASSIGN(TreeOf(entity, &dump), DumpEntity(context, repository, entity, nullptr));
  }
  const std::string address = context.settings.block_storage_prefix + "/refs_manifest.json";
  TARN_TRY(block::PutObject(context.objects, {repository.storage_namespace.view(), address},
                            ManifestOf(dump)));
  return dump;
}

Status CheckBare(Context& context, const refs::Repository& repository) {
  const auto found = context.refs.Resolve(repository, repository.default_branch.view());
  if (found.ok()) return {Code::kInvalidValue, "can only restore into a bare repository"};
  return found.code() == Code::kNotFound ? Status() : found.status();
}

Status RestoreRefs(Context& context, const refs::Repository& repository, const RefsDump& dump,
                   bool force) {
  TARN_TRY(CheckWritable(repository, force));
  for (const Pass pass : kPasses) {
    for (const RefsEntity entity : kRestoreOrder) {
      TARN_TRY(RestoreEntity(context, repository, entity, dump, pass, nullptr));
    }
  }
  return {};
}

JobWork DumpRefsTask(Context& context, refs::Repository repository) {
  return [&context, repository = std::move(repository)](JobProgress& progress) -> Status {
    RefsDump dump;
    for (const RefsEntity entity : kDumpOrder) {
      TARN_TRY_ASSIGN(TreeOf(entity, &dump), DumpEntity(context, repository, entity, &progress));
      progress.SetResult(EncodeDumpInfo(dump));
      if (entity != kDumpOrder.back()) TARN_TRY(progress.StepDone());
    }
    return {};
  };
}

JobWork RestoreRefsTask(Context& context, refs::Repository repository, RefsDump dump, bool force) {
  return [&context, repository = std::move(repository), dump = std::move(dump),
          force](JobProgress& progress) -> Status {
    TARN_TRY(CheckWritable(repository, force));
    for (const Pass pass : kPasses) {
      for (const RefsEntity entity : kRestoreOrder) {
        TARN_TRY(RestoreEntity(context, repository, entity, dump, pass, &progress));
        const bool last = entity == kRestoreOrder.back();
        if (pass == Pass::kRestore && !last) TARN_TRY(progress.StepDone());
      }
    }
    return {};
  };
}

}  // namespace tarn::versioning
