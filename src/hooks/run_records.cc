#include "hooks/run_records.h"

#include <utility>

#include "base/xid.h"
#include "block/object_store.h"
#include "codec/json_writer.h"
#include "proto/actions.pb.h"
#include "proto/kv.pb.h"
#include "records/list.h"
#include "records/message.h"
#include "records/update.h"

namespace tarn::hooks {
namespace {

namespace pb = ::io::treeverse::lakefs::actions;

/// Hooks of one run in its manifest.
constexpr int kHooksMax = 100'000;
/// By which servers may disagree about the time.
constexpr int32_t kClocksApartSeconds = 1;

std::string KeyPrefix(const RepositoryId& repository, std::string_view kind) {
  return records::Key(records::kRepositoryPrefix, repository.view(), "/", kind, "/");
}

/// Reads the run that an index record points to; nothing for one that is gone.
Result<std::optional<Run>> FollowIndex(kv::Store& kv, std::string_view bytes) {
  ::io::treeverse::lakefs::kv::SecondaryIndex index;
  TARN_TRY(records::Parse(bytes, "index of runs", &index));
  TARN_TRY_ASSIGN(const auto found, kv.Get(records::kActionsPartition, index.primary_key()));
  if (!found) return std::optional<Run>();
  TARN_TRY_ASSIGN(Run run, DecodeRun(*found));
  return std::optional(std::move(run));
}

/// Whether a run is not of an earlier repository of that name: its id tells when it was.
bool IsOf(const refs::Repository& repository, std::string_view run_id) {
  const auto seconds = XidSeconds(run_id);
  if (!seconds) return true;
  const auto made = static_cast<uint32_t>(kDescendingEpoch) - *seconds;
  const auto age = static_cast<int32_t>(made - static_cast<uint32_t>(repository.created.seconds));
  return age >= -kClocksApartSeconds;
}

/// Not below the configured prefix: the reference's place is fixed.
std::string FolderOf(std::string_view run_id) {
  return "_lakefs/actions/log/" + std::string(run_id) + "/";
}

std::string IndexRecord(const RepositoryId& repository, std::string_view run_id) {
  ::io::treeverse::lakefs::kv::SecondaryIndex index;
  index.set_primary_key(records::Key(KeyPrefix(repository, "runs"), run_id));
  return records::Serialize(index);
}

std::string CommitIndexKey(const RepositoryId& repository, const CommitId& commit,
                           std::string_view run_id) {
  return records::Key(KeyPrefix(repository, "commits/" + commit.str()), run_id);
}

Status StoreManifest(versioning::Context& context, const refs::Repository& repository,
                     const Run& run, const std::vector<HookRun>& hooks) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject().Key("run").BeginObject();
  json.Field("run_id", run.id).Field("branch_id", run.branch.view());
  json.Field("source_ref", run.source_ref).Field("event_type", run.event_type);
  if (!run.commit.empty()) json.Field("commit_id", run.commit.view());
  json.Field("start_time", FormatRfc3339(run.started)).Field("end_time", FormatRfc3339(run.ended));
  json.Field("passed", run.passed).EndObject();
  if (!hooks.empty()) {
    json.Key("hooks").BeginArray();
    for (const HookRun& hook : hooks) {
      json.BeginObject().Field("run_id", hook.run_id).Field("hook_run_id", hook.id);
      json.Field("hook_id", hook.hook_id).Field("action_name", hook.action_name);
      json.Field("start_time", FormatRfc3339(hook.started));
      json.Field("end_time", FormatRfc3339(hook.ended)).Field("passed", hook.passed).EndObject();
    }
    json.EndArray();
  }
  json.EndObject();
  const std::string address = FolderOf(run.id) + "run.manifest";
  return ToStatus(
      block::PutObject(context.objects, {repository.storage_namespace.view(), address}, text));
}

}  // namespace

std::string HookOutputAddress(std::string_view run_id, std::string_view hook_run_id) {
  return FolderOf(run_id) + std::string(hook_run_id) + ".log";
}

Status StoreRun(versioning::Context& context, const refs::Repository& repository, const Run& run,
                const std::vector<HookRun>& hooks) {
  // Those that lead to the run come before it, as the reference writes them.
  std::vector<std::pair<std::string, std::string>> written;
  for (const HookRun& hook : hooks) {
    written.emplace_back(records::Key(KeyPrefix(repository.id, "tasks/" + run.id), hook.id),
                         EncodeHookRun(hook));
  }
  if (!run.branch.empty()) {
    written.emplace_back(
        records::Key(KeyPrefix(repository.id, "branches/" + run.branch.str()), run.id),
        IndexRecord(repository.id, run.id));
  }
  if (!run.commit.empty()) {
    written.emplace_back(CommitIndexKey(repository.id, run.commit, run.id),
                         IndexRecord(repository.id, run.id));
  }
  written.emplace_back(records::Key(KeyPrefix(repository.id, "runs"), run.id), EncodeRun(run));
  std::vector<kv::Put> puts;
  for (const auto& [key, value] : written) puts.push_back({.key = key, .value = value});
  for (const Status& status : context.kv.SetMany(records::kActionsPartition, puts))
    TARN_TRY(status);
  return StoreManifest(context, repository, run, hooks);
}

Status SetRunCommit(versioning::Context& context, const refs::Repository& repository,
                    std::string_view run_id, const CommitId& commit) {
  Run run;
  const auto change =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return Status(Code::kNotFound, "not found: not found");
    TARN_TRY_ASSIGN(run, DecodeRun(*found));
    run.commit = commit;
    return std::optional(EncodeRun(run));
  };
  const Status updated =
      records::UpdateRecord(context.kv, context.random, records::kActionsPartition,
                            records::Key(KeyPrefix(repository.id, "runs"), run_id), "run", change);
  if (updated.code() == Code::kNotFound) return {};
  TARN_TRY(updated);
  TARN_TRY(context.kv.Set(records::kActionsPartition, CommitIndexKey(repository.id, commit, run_id),
                          IndexRecord(repository.id, run_id)));
  TARN_TRY_ASSIGN(const auto hooks,
                  ListHookRuns(context, repository.id, run_id, {.amount = kHooksMax}));
  return StoreManifest(context, repository, run, hooks.items);
}

bool HookRun::skipped() const { return started.seconds <= kNeverRun.seconds; }

std::string EncodeRun(const Run& run) {
  pb::RunResultData message;
  message.set_run_id(run.id);
  message.set_branch_id(run.branch.str());
  message.set_commit_id(run.commit.str());
  message.set_source_ref(run.source_ref);
  message.set_event_type(run.event_type);
  records::SetTime(run.started, message.mutable_start_time());
  records::SetTime(run.ended, message.mutable_end_time());
  message.set_passed(run.passed);
  return records::Serialize(message);
}

Result<Run> DecodeRun(std::string_view bytes) {
  pb::RunResultData message;
  TARN_TRY(records::Parse(bytes, "run", &message));
  return Run{.id = message.run_id(),
             .branch = BranchId(message.branch_id()),
             .commit = CommitId(message.commit_id()),
             .source_ref = message.source_ref(),
             .event_type = message.event_type(),
             .started = records::GetTime(message.start_time()),
             .ended = records::GetTime(message.end_time()),
             .passed = message.passed()};
}

std::string EncodeHookRun(const HookRun& run) {
  pb::TaskResultData message;
  message.set_run_id(run.run_id);
  message.set_hook_run_id(run.id);
  message.set_hook_id(run.hook_id);
  message.set_action_name(run.action_name);
  records::SetTime(run.started, message.mutable_start_time());
  records::SetTime(run.ended, message.mutable_end_time());
  message.set_passed(run.passed);
  return records::Serialize(message);
}

Result<HookRun> DecodeHookRun(std::string_view bytes) {
  pb::TaskResultData message;
  TARN_TRY(records::Parse(bytes, "hook run", &message));
  return HookRun{.run_id = message.run_id(),
                 .id = message.hook_run_id(),
                 .hook_id = message.hook_id(),
                 .action_name = message.action_name(),
                 .started = records::GetTime(message.start_time()),
                 .ended = records::GetTime(message.end_time()),
                 .passed = message.passed()};
}

Result<refs::Page<Run>> ListRuns(versioning::Context& context, const refs::Repository& repository,
                                 const refs::PageRequest& page, const RunFilter& filter) {
  kv::Store& kv = context.kv;
  if (filter.branch && filter.commit) {
    return Status(Code::kInvalidValue,
                  "can't use both branchID and MergedCommitID: parameters conflict");
  }
  const bool is_filtered = filter.branch || filter.commit;
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<Run>> {
    std::optional<Run> run;
    if (is_filtered) {
      TARN_TRY_ASSIGN(run, FollowIndex(kv, bytes));
    } else {
      TARN_TRY_ASSIGN(run, DecodeRun(bytes));
    }
    // Names of branches may hold slashes: what is below "a/" may be of "a/b".
    const bool is_wanted =
        run && (!filter.branch || run->branch == *filter.branch) && IsOf(repository, run->id);
    if (!is_wanted) run.reset();
    return run;
  };
  const std::string kind = filter.branch   ? "branches/" + filter.branch->str()
                           : filter.commit ? "commits/" + filter.commit->str()
                                           : "runs";
  return records::ListRecords<Run>(kv, records::kActionsPartition, KeyPrefix(repository.id, kind),
                                   page, decode);
}

Result<Run> GetRun(versioning::Context& context, const refs::Repository& repository,
                   std::string_view run_id) {
  const Status missing(Code::kNotFound, "not found: not found");
  if (!IsOf(repository, run_id)) return missing;
  TARN_TRY_ASSIGN(const auto found,
                  context.kv.Get(records::kActionsPartition,
                                 records::Key(KeyPrefix(repository.id, "runs"), run_id)));
  if (!found) return missing;
  return DecodeRun(*found);
}

Result<refs::Page<HookRun>> ListHookRuns(versioning::Context& context,
                                         const RepositoryId& repository, std::string_view run_id,
                                         const refs::PageRequest& page) {
  const auto decode = [](std::string_view bytes) -> Result<std::optional<HookRun>> {
    TARN_TRY_ASSIGN(HookRun run, DecodeHookRun(bytes));
    return std::optional(std::move(run));
  };
  return records::ListRecords<HookRun>(context.kv, records::kActionsPartition,
                                       KeyPrefix(repository, "tasks/" + std::string(run_id)), page,
                                       decode);
}

Result<std::unique_ptr<block::ObjectStream>> OpenHookOutput(versioning::Context& context,
                                                            const refs::Repository& repository,
                                                            std::string_view run_id,
                                                            std::string_view hook_run_id) {
  const std::string key =
      records::Key(KeyPrefix(repository.id, "tasks/" + std::string(run_id)), hook_run_id);
  TARN_TRY_ASSIGN(const auto found, context.kv.Get(records::kActionsPartition, key));
  if (!found) return Status(Code::kNotFound, "not found");
  TARN_TRY_ASSIGN(const HookRun run, DecodeHookRun(*found));
  if (run.skipped()) return std::unique_ptr<block::ObjectStream>();
  const std::string address = HookOutputAddress(run.run_id, run.id);
  return context.objects.OpenStream({repository.storage_namespace.view(), address}, {});
}

}  // namespace tarn::hooks
