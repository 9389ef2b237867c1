#include "versioning/repositories.h"

#include <re2/re2.h>

#include <vector>

#include "refs/names.h"
#include "versioning/branch_commit.h"
#include "versioning/branches.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kCreatePrefix = "error creating repository: ";
constexpr std::string_view kDummyName = "dummy";
constexpr std::string_view kDummyContent =
    "this is dummy data - created by lakeFS to check accessibility";

Status CheckNameIsFree(Context& context, const RepositoryId& id) {
  const auto existing = context.refs.GetRepository(id);
  if (existing.ok()) {
    return Status(Code::kNotUnique, "not unique").Prefixed(kCreatePrefix);
  }
  // A repository in deletion passes here, as any failure does, and is met again on writing.
  return Status();
}

Status CheckNamespace(const block::ObjectStore& objects, const StorageNamespace& name) {
  if (IsAddressOf(objects, name.view())) return Status();
  return Status(Code::kInvalidValue, "failed to match required regex " +
                                         objects.info().namespace_regex + ": invalid namespace");
}

/// Finds out whether a namespace is free and usable, and marks it as used.
class NamespaceProbe {
 public:
  NamespaceProbe(Context& context, const CreateRepositoryRequest& request)
      : context_(context), request_(request) {}

  Status Run() {
    Status status = Steps();
    if (status.ok() || status.code() == Code::kWouldBlock) return status;
    return Status(Code::kInvalidValue, "failed to create repository: " + Reason(status));
  }

 private:
  static constexpr Code kInUse = Code::kNotUnique;

  block::ObjectPointer At(std::string_view address) const {
    return {request_.storage_namespace.view(), address};
  }
  std::string Place() const { return request_.storage_id + ":" + request_.storage_namespace.str(); }

  Status Steps() {
    block::ObjectStore& objects = context_.objects;
    if (context_.settings.ensure_readable_root_namespace) {
      TARN_TRY_ASSIGN(const bool in_root, objects.Exists(At(kDummyName)));
      if (in_root) {
        return Status(kInUse, "found lakeFS objects in the storage root (" + Place() +
                                  "): storage namespace already in use");
      }
    }
    const std::string dummy =
        context_.settings.block_storage_prefix + "/" + std::string(kDummyName);
    TARN_TRY_ASSIGN(const bool used, objects.Exists(At(dummy)));
    if (used) {
      return Status(kInUse, "found lakeFS objects in the storage (" + Place() + ") key(" + dummy +
                                "): storage namespace already in use");
    }
    TARN_TRY(block::PutObject(objects, At(dummy), kDummyContent));
    TARN_TRY_ASSIGN(const std::string read,
                    block::GetObject(objects, At(dummy), int64_t{kDummyContent.size()}));
    if (read != kDummyContent) return Status(Code::kIo, "storage returned other bytes");
    return Status();
  }

  std::string Reason(const Status& status) const {
    if (status.code() == kInUse) return std::string(status.message());
    if (status.code() == Code::kInvalidAddress) {
      return std::string(status.message()) + ", must match: " + context_.objects.info().type;
    }
    return "failed to access storage";
  }

  Context& context_;
  const CreateRepositoryRequest& request_;
};

refs::Commit FirstCommit(Timestamp created) {
  refs::Commit commit;
  commit.message = "Repository created";
  commit.created = created;
  commit.id = refs::ComputeCommitId(commit);
  return commit;
}

/// A record that refused to be replaced may belong to a repository in deletion.
Status ExplainTaken(Context& context, const RepositoryId& id, Status status) {
  if (status.code() == Code::kNotUnique) {
    const auto existing = context.refs.GetRepository(id);
    if (existing.code() == Code::kRepositoryInDeletion) return existing.status();
  }
  return status;
}

/// The record of a repository in any state.
Result<refs::Repository> FindRepository(Context& context, const RepositoryId& id) {
  auto found = context.refs.GetRepository(id);
  if (found.code() != Code::kRepositoryInDeletion) return found;
  // Left by a server that died while it deleted: listings show it, deleting it again resumes.
  refs::PageRequest request;
  request.prefix = id.str();
  request.amount = 1;
  TARN_TRY_ASSIGN(auto page, context.refs.ListRepositories(request, ""));
  if (page.items.empty() || page.items.front().id != id) return found;
  return std::move(page.items.front());
}

Result<std::vector<StagingToken>> TokensOf(Context& context, const refs::Repository& repository) {
  std::vector<StagingToken> tokens;
  refs::PageRequest request;
  request.amount = 1000;
  for (bool more = true; more;) {
    TARN_TRY_ASSIGN(const auto page,
                    context.refs.ListBranches(repository, request, /*with_hidden=*/true));
    for (const refs::Branch& branch : page.items) {
      for (StagingToken& token : branch.tokens()) tokens.push_back(std::move(token));
    }
    more = page.has_more && !page.items.empty();
    if (more) request.after = page.items.back().id.str();
  }
  return tokens;
}

/// What was staged into a repository that will not be.
void DropStaged(Context& context, const refs::Repository& repository) {
  const auto tokens = TokensOf(context, repository);
  if (tokens.ok()) DropTokens(context, *tokens);
}

}  // namespace

bool IsAddressOf(const block::ObjectStore& objects, std::string_view address) {
  const re2::RE2 expression(objects.info().namespace_regex, re2::RE2::Quiet);
  return re2::RE2::PartialMatch(re2::StringPiece(address.data(), address.size()), expression);
}

Result<refs::Repository> CreateRepository(Context& context,
                                          const CreateRepositoryRequest& request) {
  TARN_TRY(refs::CheckRepositoryId("repository", request.id));
  TARN_TRY(CheckNameIsFree(context, request.id));
  if (!request.storage_id.empty()) {
    return Status(Code::kInvalidValue, "storage id: invalid value: validation error");
  }
  TARN_TRY(CheckNamespace(context.objects, request.storage_namespace));
  if (!request.bare && !request.read_only) TARN_TRY(NamespaceProbe(context, request).Run());

  refs::Repository repository;
  repository.id = request.id;
  repository.storage_namespace = request.storage_namespace;
  repository.default_branch =
      request.default_branch.empty() ? BranchId("main") : request.default_branch;
  repository.created = context.clock.Now();
  repository.instance_uid = context.refs.xids().New();
  repository.read_only = request.read_only;
  std::optional<refs::Commit> first;
  if (!request.bare) first = FirstCommit(repository.created);
  Status filled;
  const auto fill = [&] {
    filled = request.fill(repository);
    if (!filled.ok()) DropStaged(context, repository);
    return filled;
  };
  Status status = context.refs.CreateRepository(
      repository, first, first && request.fill ? std::function<Status()>(fill) : nullptr);
  if (!filled.ok()) return filled;
  if (!status.ok()) {
    return ExplainTaken(context, request.id, std::move(status)).Prefixed(kCreatePrefix);
  }
  return repository;
}

Status DeleteRepository(Context& context, const RepositoryId& id, bool force) {
  TARN_TRY(refs::CheckRepositoryId("repository", id));
  TARN_TRY_ASSIGN(const refs::Repository repository, FindRepository(context, id));
  TARN_TRY(CheckWritable(repository, force));
  TARN_TRY_ASSIGN(const std::vector<StagingToken> tokens, TokensOf(context, repository));
  TARN_TRY(context.refs.DeleteRepository(repository));
  DropTokens(context, tokens);
  return Status();
}

}  // namespace tarn::versioning
