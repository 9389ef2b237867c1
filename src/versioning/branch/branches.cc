#include "versioning/branch/branches.h"

#include "refs/names.h"
#include "versioning/repository/pulls.h"

namespace tarn::versioning {
namespace {

constexpr size_t kCommitIdLength = 64;

Status CheckBranchName(const BranchId& id) {
  return refs::CheckBranchId("branch", id)
      .Suffixed(
          ": branch id must consist of letters, digits, underscores and dashes, and cannot start "
          "with a dash");
}

/// kConflict if a commit has the name: a full id would always mean the commit.
Status CheckNoCommit(Context& context, const refs::Repository& repository,
                     const std::string& name) {
  if (name.size() != kCommitIdLength) return Status();
  const auto commit = context.refs.GetCommit(repository, CommitId(name));
  if (commit.code() == Code::kCommitNotFound) return Status();
  TARN_TRY(commit.status());
  return Status(Code::kConflict, "commit ID " + name + ": conflict found");
}

Status CheckNoTag(Context& context, const refs::Repository& repository, const std::string& name) {
  const auto tag = context.refs.GetTag(repository, TagId(name));
  if (tag.code() == Code::kTagNotFound) return Status();
  TARN_TRY(tag.status());
  return Status(Code::kConflict, "tag ID " + name + ": conflict found");
}

/// The commit that a new branch starts from.
Result<refs::Commit> SourceCommit(Context& context, const refs::Repository& repository,
                                  const std::string& source) {
  auto resolved = context.refs.Resolve(repository, source);
  Status status = resolved.status();
  if (status.ok() && resolved->staging_marked) {
    status = Status(Code::kInvalidValue, "can't create a branch without commit");
  }
  if (!status.ok()) return std::move(status).Prefixed("source reference '" + source + "': ");
  return std::move(resolved->commit);
}

}  // namespace

Status CheckWritable(const refs::Repository& repository, bool force) {
  if (!repository.read_only || force) return Status();
  return Status(Code::kReadOnlyRepository, "read-only repository");
}

Result<refs::Branch> CreateBranch(Context& context, const refs::Repository& repository,
                                  const CreateBranchRequest& request) {
  TARN_TRY(CheckBranchName(request.id));
  TARN_TRY(refs::CheckRef("ref", request.source));
  TARN_TRY(CheckNoCommit(context, repository, request.id.str()));
  TARN_TRY(CheckNoTag(context, repository, request.id.str()));
  TARN_TRY(CheckWritable(repository, request.force));
  TARN_TRY_ASSIGN(const refs::Commit source, SourceCommit(context, repository, request.source));
  const auto existing = context.refs.GetBranch(repository, request.id);
  if (existing.ok()) return Status(Code::kNotUnique, "branch already exists: not unique");
  if (existing.code() != Code::kBranchNotFound) return existing.status();

  HookCall call{.event = HookEvent::kPreCreateBranch,
                .repository = repository,
                .source_ref = request.source,
                .branch = request.id.view(),
                .commit_id = source.id.view()};
  TARN_TRY(RunPreHook(context, &call));
  refs::Branch branch;
  branch.id = request.id;
  branch.commit = source.id;
  branch.staging_token = staging::NewStagingToken(context.random, repository.id, request.id);
  branch.hidden = request.hidden;
  call.event = HookEvent::kPostCreateBranch;
  TARN_TRY_ASSIGN(PostHook post, PostHook::Announce(context, call));
  branch.created_by_event = post.run_id();
  TARN_TRY(post.Judge(context.refs.CreateBranch(repository, branch)));
  post.Run(call);
  return branch;
}

Status DeleteBranch(Context& context, const refs::Repository& repository, const BranchId& id,
                    bool force) {
  TARN_TRY(refs::CheckBranchId("name", id));
  TARN_TRY(CheckWritable(repository, force));
  if (id == repository.default_branch) {
    return Status(Code::kDefaultBranch, "cannot delete repository default branch");
  }
  TARN_TRY_ASSIGN(const refs::Branch branch, context.refs.GetBranch(repository, id));
  HookCall call{.event = HookEvent::kPreDeleteBranch,
                .repository = repository,
                .source_ref = branch.commit.view(),
                .branch = id.view()};
  TARN_TRY(RunPreHook(context, &call));
  const auto before_deletion = [&](const refs::Branch& deleted) -> Status {
    // Merges whose requests are not marked yet go with the branch.
    TARN_TRY(SettleMerges(context, repository));
    return context.staging.QueueDrop(deleted.tokens());
  };
  call.event = HookEvent::kPostDeleteBranch;
  TARN_TRY_ASSIGN(PostHook post, PostHook::Announce(context, call));
  TARN_TRY(post.Judge(context.refs.DeleteBranch(repository, id, before_deletion)));
  post.Run(call);
  return Status();
}

Result<bool> HasInHistory(Context& context, const refs::Repository& repository,
                          const BranchId& branch, const CommitId& commit) {
  const auto found = context.refs.GetBranch(repository, branch);
  if (found.code() == Code::kBranchNotFound) return false;
  TARN_TRY(found.status());
  TARN_TRY_ASSIGN(const auto base, context.refs.FindMergeBase(repository, found->commit, commit));
  return base && base->id == commit;
}

Result<refs::Tag> CreateTag(Context& context, const refs::Repository& repository,
                            const CreateTagRequest& request) {
  TARN_TRY(refs::CheckTagId("tagID", request.id));
  const auto branch = context.refs.GetBranch(repository, BranchId(request.id.str()));
  if (branch.ok()) {
    return Status(Code::kConflict, "branch name " + request.id.str() + ": conflict found");
  }
  if (branch.code() != Code::kBranchNotFound) return branch.status();
  TARN_TRY(CheckNoCommit(context, repository, request.id.str()));
  TARN_TRY_ASSIGN(const refs::Commit commit, context.refs.ResolveCommit(repository, request.ref));
  TARN_TRY(CheckWritable(repository, request.force));
  const auto existing = context.refs.GetTag(repository, request.id);
  if (existing.ok()) return Status(Code::kNotUnique, "tag already exists: not unique");
  if (existing.code() != Code::kTagNotFound) return existing.status();

  HookCall call{.event = HookEvent::kPreCreateTag,
                .repository = repository,
                .source_ref = commit.id.view(),
                .tag = request.id.view(),
                .commit_id = commit.id.view()};
  TARN_TRY(RunPreHook(context, &call));
  call.event = HookEvent::kPostCreateTag;
  TARN_TRY_ASSIGN(PostHook post, PostHook::Announce(context, call));
  const refs::Tag tag{request.id, commit.id, std::string(post.run_id())};
  TARN_TRY(post.Judge(context.refs.CreateTag(repository, tag)));
  post.Run(call);
  return tag;
}

Status DeleteTag(Context& context, const refs::Repository& repository, const TagId& id,
                 bool force) {
  TARN_TRY(refs::CheckTagId("tagID", id));
  TARN_TRY(CheckWritable(repository, force));
  TARN_TRY_ASSIGN(const refs::Tag tag, context.refs.GetTag(repository, id));
  HookCall call{.event = HookEvent::kPreDeleteTag,
                .repository = repository,
                .source_ref = tag.commit.view(),
                .tag = id.view(),
                .commit_id = tag.commit.view()};
  TARN_TRY(RunPreHook(context, &call));
  call.event = HookEvent::kPostDeleteTag;
  TARN_TRY_ASSIGN(PostHook post, PostHook::Announce(context, call));
  TARN_TRY(post.Judge(context.refs.DeleteTag(repository, id)));
  post.Run(call);
  return Status();
}

}  // namespace tarn::versioning
