#include "versioning/repository/repositories.h"

#include <span>

#include "base/sync.h"
#include "block/namespace_address.h"
#include "refs/names.h"
#include "versioning/branch/branches.h"
#include "versioning/repository/namespaces.h"

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
  if (block::HasFormOf(objects.info(), name.view())) return Status();
  return Status(Code::kInvalidValue, "failed to match required regex " +
                                         objects.info().namespace_regex + ": invalid namespace");
}

/// Refuses a namespace that lies elsewhere, where that is not wanted.
Status CheckRegion(Context& context, const StorageNamespace& name) {
  if (context.settings.allow_inter_region_storage) return {};
  const auto region = context.objects.Region(name.view());
  if (region.code() == Code::kWouldBlock) return region.status();
  if (!region.ok()) {
    return {Code::kInvalidValue,
            "failed to get region of storage namespace " + name.str() + ": invalid namespace"};
  }
  const std::string& own = context.objects.info().region;
  if (!*region || **region == own) return {};
  return {Code::kInvalidValue, "invalid namespace: namespace region (\"" + **region +
                                   "\") does not match block region (\"" + own + "\")"};
}

/// Finds out whether a namespace is free and usable, and marks it as used.
class NamespaceProbe {
 public:
  NamespaceProbe(Context& context, const refs::Repository& repository)
      : context_(context),
        repository_(repository),
        place_(block::PlaceOfNamespace(repository.storage_namespace.view())) {}

  /// For a repository that has the namespace to itself.
  Status Claim() { return Explain(ClaimSteps()); }
  /// For one that may share the place of another.
  Status CheckApart() {
    const auto use = FindPlaceUse(context_, place_, repository_);
    return Explain(use.ok() && *use == PlaceUse::kWithin ? InUse() : use.status());
  }

 private:
  static constexpr Code kInUse = Code::kNotUnique;

  block::ObjectPointer At(std::string_view address) const {
    return {repository_.storage_namespace.view(), address};
  }
  std::string Place() const {
    return repository_.storage_id + ":" + repository_.storage_namespace.str();
  }
  std::string Dummy() const {
    return context_.settings.block_storage_prefix + "/" + std::string(kDummyName);
  }
  Status InUse() const {
    return Status(kInUse, "found lakeFS objects in the storage (" + Place() + ") key(" + Dummy() +
                              "): storage namespace already in use");
  }

  Status ClaimSteps() {
    block::ObjectStore& objects = context_.objects;
    TARN_TRY_ASSIGN(const PlaceUse use, FindPlaceUse(context_, place_, repository_));
    if (use == PlaceUse::kWithin) return InUse();
    if (context_.settings.ensure_readable_root_namespace) {
      TARN_TRY_ASSIGN(const auto in_root, objects.Stat(At(kDummyName)));
      if (in_root) {
        return Status(kInUse, "found lakeFS objects in the storage root (" + Place() +
                                  "): storage namespace already in use");
      }
    }
    const std::string dummy = Dummy();
    TARN_TRY_ASSIGN(const auto marked, objects.Stat(At(dummy)));
    if (marked) {
      TARN_TRY_ASSIGN(const bool unfinished, IsCreationUnfinished(context_, place_));
      if (!unfinished) return InUse();
    }
    if (use == PlaceUse::kShared) return InUse();
    TARN_TRY(NoteCreation(context_, place_, repository_));
    TARN_TRY(block::PutObject(objects, At(dummy), kDummyContent));
    TARN_TRY_ASSIGN(const std::string read,
                    block::GetObject(objects, At(dummy), int64_t{kDummyContent.size()}));
    if (read != kDummyContent) return Status(Code::kIo, "storage returned other bytes");
    return Status();
  }

  Status Explain(const Status& status) const {
    if (status.ok() || status.code() == Code::kWouldBlock) return status;
    return Status(Code::kInvalidValue, "failed to create repository: " + Reason(status));
  }
  std::string Reason(const Status& status) const {
    if (status.code() == kInUse) return std::string(status.message());
    if (status.code() == Code::kInvalidAddress) {
      return std::string(status.message()) + ", must match: " + context_.objects.info().type;
    }
    return "failed to access storage";
  }

  Context& context_;
  const refs::Repository& repository_;
  const std::string place_;
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

}  // namespace

Result<refs::Repository> CreateRepository(Context& context,
                                          const CreateRepositoryRequest& request) {
  TARN_TRY(refs::CheckRepositoryId("repository", request.id));
  TARN_TRY(CheckNameIsFree(context, request.id));
  if (!request.storage_id.empty()) {
    return Status(Code::kInvalidValue, "storage id: invalid value: validation error");
  }
  TARN_TRY(CheckNamespace(context.objects, request.storage_namespace));
  TARN_TRY(CheckRegion(context, request.storage_namespace));

  refs::Repository repository;
  repository.id = request.id;
  repository.storage_namespace = request.storage_namespace;
  repository.default_branch =
      request.default_branch.empty() ? BranchId("main") : request.default_branch;
  repository.created = context.clock.Now();
  repository.instance_uid = context.xids.New();
  repository.read_only = request.read_only;
  // One at a time, so that two creations at one place do not end each other.
  const MutexLock creating(context.state->creating);
  NamespaceProbe probe(context, repository);
  std::optional<refs::Commit> first;
  if (!request.bare) first = FirstCommit(repository.created);
  Status claimed, filled;
  refs::Store::CreationSteps steps;
  steps.claim = [&] {
    return claimed = request.bare || request.read_only ? probe.CheckApart() : probe.Claim();
  };
  if (request.fill) steps.fill = [&] { return filled = request.fill(repository); };
  Status status = context.refs.CreateRepository(repository, first, steps);
  if (!claimed.ok()) return claimed;
  if (!filled.ok()) return filled;
  if (!status.ok()) {
    return ExplainTaken(context, request.id, std::move(status)).Prefixed(kCreatePrefix);
  }
  IgnoreError(ForgetCreation(context, block::PlaceOfNamespace(repository.storage_namespace.view()),
                             repository),
              "the deletion of the repository forgets it too");
  return repository;
}

Status SweepDeletedRepositories(Context& context) {
  return context.refs.SweepDeleted(
      [&](std::span<const StagingToken> tokens) { return context.staging.QueueDrop(tokens); });
}

Status DeleteRepository(Context& context, const RepositoryId& id, bool force) {
  TARN_TRY(refs::CheckRepositoryId("repository", id));
  TARN_TRY_ASSIGN(const refs::Repository repository, FindRepository(context, id));
  TARN_TRY(CheckWritable(repository, force));
  TARN_TRY(ForgetCreation(context, block::PlaceOfNamespace(repository.storage_namespace.view()),
                          repository));
  return context.refs.DeleteRepository(repository);
}

}  // namespace tarn::versioning
