#include "hooks/run_records.h"

#include <utility>

#include "proto/actions.pb.h"
#include "proto/kv.pb.h"
#include "refs/list_records.h"
#include "refs/records.h"

namespace tarn::hooks {
namespace {

namespace pb = ::io::treeverse::lakefs::actions;

constexpr std::string_view kPartition = "actions";
/// The zero time of the reference: 0001-01-01.
constexpr int64_t kNever = -62'135'596'800;

std::string KeyPrefix(const RepositoryId& repository, std::string_view kind) {
  return "repos/" + repository.str() + "/" + std::string(kind) + "/";
}

Timestamp FromMessage(const google::protobuf::Timestamp& time) {
  return {time.seconds(), time.nanos()};
}
void ToMessage(Timestamp time, google::protobuf::Timestamp* message) {
  message->set_seconds(time.seconds);
  message->set_nanos(time.nanos);
}

/// Reads the run that an index record points to; nothing for one that is gone.
Result<std::optional<Run>> FollowIndex(kv::Store& kv, std::string_view bytes) {
  ::io::treeverse::lakefs::kv::SecondaryIndex index;
  TARN_TRY(refs::ParseMessage(bytes, "index of runs", &index));
  TARN_TRY_ASSIGN(const auto found, kv.Get(kPartition, index.primary_key()));
  if (!found) return std::optional<Run>();
  TARN_TRY_ASSIGN(Run run, DecodeRun(*found));
  return std::optional(std::move(run));
}

}  // namespace

bool HookRun::skipped() const { return started.seconds <= kNever; }

std::string EncodeRun(const Run& run) {
  pb::RunResultData message;
  message.set_run_id(run.id);
  message.set_branch_id(run.branch.str());
  message.set_commit_id(run.commit.str());
  message.set_source_ref(run.source_ref);
  message.set_event_type(run.event_type);
  ToMessage(run.started, message.mutable_start_time());
  ToMessage(run.ended, message.mutable_end_time());
  message.set_passed(run.passed);
  return refs::SerializeDeterministic(message);
}

Result<Run> DecodeRun(std::string_view bytes) {
  pb::RunResultData message;
  TARN_TRY(refs::ParseMessage(bytes, "run", &message));
  return Run{.id = message.run_id(),
             .branch = BranchId(message.branch_id()),
             .commit = CommitId(message.commit_id()),
             .source_ref = message.source_ref(),
             .event_type = message.event_type(),
             .started = FromMessage(message.start_time()),
             .ended = FromMessage(message.end_time()),
             .passed = message.passed()};
}

std::string EncodeHookRun(const HookRun& run) {
  pb::TaskResultData message;
  message.set_run_id(run.run_id);
  message.set_hook_run_id(run.id);
  message.set_hook_id(run.hook_id);
  message.set_action_name(run.action_name);
  ToMessage(run.started, message.mutable_start_time());
  ToMessage(run.ended, message.mutable_end_time());
  message.set_passed(run.passed);
  return refs::SerializeDeterministic(message);
}

Result<HookRun> DecodeHookRun(std::string_view bytes) {
  pb::TaskResultData message;
  TARN_TRY(refs::ParseMessage(bytes, "hook run", &message));
  return HookRun{.run_id = message.run_id(),
                 .id = message.hook_run_id(),
                 .hook_id = message.hook_id(),
                 .action_name = message.action_name(),
                 .started = FromMessage(message.start_time()),
                 .ended = FromMessage(message.end_time()),
                 .passed = message.passed()};
}

Result<refs::Page<Run>> ListRuns(versioning::Context& context, const RepositoryId& repository,
                                 const refs::PageRequest& page, const RunFilter& filter) {
  kv::Store& kv = context.refs.kv();
  if (filter.branch && filter.commit) {
    return Status(Code::kInvalidValue,
                  "can't use both branchID and MergedCommitID: parameters conflict");
  }
  if (filter.branch) {
    // Names of branches may hold slashes: what is below "a/" may be of "a/b".
    const auto decode = [&](std::string_view bytes) -> Result<std::optional<Run>> {
      TARN_TRY_ASSIGN(auto run, FollowIndex(kv, bytes));
      if (run && run->branch != *filter.branch) run.reset();
      return run;
    };
    return refs::ListRecords<Run>(
        kv, kPartition, KeyPrefix(repository, "branches/" + filter.branch->str()), page, decode);
  }
  if (filter.commit) {
    return refs::ListRecords<Run>(kv, kPartition,
                                  KeyPrefix(repository, "commits/" + filter.commit->str()), page,
                                  [&](std::string_view bytes) { return FollowIndex(kv, bytes); });
  }
  const auto decode = [](std::string_view bytes) -> Result<std::optional<Run>> {
    TARN_TRY_ASSIGN(Run run, DecodeRun(bytes));
    return std::optional(std::move(run));
  };
  return refs::ListRecords<Run>(kv, kPartition, KeyPrefix(repository, "runs"), page, decode);
}

Result<Run> GetRun(versioning::Context& context, const RepositoryId& repository,
                   std::string_view run_id) {
  TARN_TRY_ASSIGN(
      const auto found,
      context.refs.kv().Get(kPartition, refs::Key(KeyPrefix(repository, "runs"), run_id)));
  if (!found) return Status(Code::kNotFound, "not found: not found");
  return DecodeRun(*found);
}

Result<refs::Page<HookRun>> ListHookRuns(versioning::Context& context,
                                         const RepositoryId& repository, std::string_view run_id,
                                         const refs::PageRequest& page) {
  const auto decode = [](std::string_view bytes) -> Result<std::optional<HookRun>> {
    TARN_TRY_ASSIGN(HookRun run, DecodeHookRun(bytes));
    return std::optional(std::move(run));
  };
  return refs::ListRecords<HookRun>(context.refs.kv(), kPartition,
                                    KeyPrefix(repository, "tasks/" + std::string(run_id)), page,
                                    decode);
}

Result<std::unique_ptr<block::ObjectStream>> OpenHookOutput(versioning::Context& context,
                                                            const refs::Repository& repository,
                                                            std::string_view run_id,
                                                            std::string_view hook_run_id) {
  const std::string key =
      refs::Key(KeyPrefix(repository.id, "tasks/" + std::string(run_id)), hook_run_id);
  TARN_TRY_ASSIGN(const auto found, context.refs.kv().Get(kPartition, key));
  if (!found) return Status(Code::kNotFound, "not found");
  TARN_TRY_ASSIGN(const HookRun run, DecodeHookRun(*found));
  if (run.skipped()) return std::unique_ptr<block::ObjectStream>();
  // Not below the configured prefix: the reference's place for them is fixed.
  const std::string address = "_lakefs/actions/log/" + run.run_id + "/" + run.id + ".log";
  return context.objects.OpenStream({repository.storage_namespace.view(), address}, {});
}

}  // namespace tarn::hooks
