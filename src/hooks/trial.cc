#include "hooks/trial.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/xid.h"

namespace tarn::hooks {
namespace {

using versioning::HookEvent;

/// What an event tells besides the ref.
struct Shape {
  enum class Source : uint8_t { kRef, kCommit };  ///< How the ref is named.
  enum class Commit : uint8_t { kNone, kPlanned, kMade };
  enum class Branch : uint8_t { kNone, kOfRef, kDefault, kGiven };
  HookEvent event;
  Source source;
  Commit commit;
  Branch branch;
  bool has_commit_id;
  bool has_tag = false;
  bool is_merge = false;
};

using S = Shape::Source;
using C = Shape::Commit;
using B = Shape::Branch;

constexpr Shape kShapes[] = {
    {HookEvent::kPrepareCommit, S::kRef, C::kPlanned, B::kOfRef, false},
    {HookEvent::kPreCommit, S::kRef, C::kPlanned, B::kOfRef, false},
    {HookEvent::kPostCommit, S::kCommit, C::kMade, B::kOfRef, true},
    {HookEvent::kPreMerge, S::kCommit, C::kMade, B::kDefault, true, false, true},
    {HookEvent::kPostMerge, S::kCommit, C::kMade, B::kDefault, true, false, true},
    {HookEvent::kPreCreateBranch, S::kRef, C::kNone, B::kGiven, true},
    {HookEvent::kPostCreateBranch, S::kRef, C::kNone, B::kGiven, true},
    {HookEvent::kPreDeleteBranch, S::kCommit, C::kNone, B::kOfRef, false},
    {HookEvent::kPostDeleteBranch, S::kCommit, C::kNone, B::kOfRef, false},
    {HookEvent::kPreCreateTag, S::kCommit, C::kNone, B::kNone, true, true},
    {HookEvent::kPostCreateTag, S::kCommit, C::kNone, B::kNone, true, true},
    {HookEvent::kPreDeleteTag, S::kCommit, C::kNone, B::kNone, true, true},
    {HookEvent::kPostDeleteTag, S::kCommit, C::kNone, B::kNone, true, true},
    {HookEvent::kPreRevert, S::kRef, C::kPlanned, B::kOfRef, false},
    {HookEvent::kPostRevert, S::kCommit, C::kMade, B::kOfRef, true},
    {HookEvent::kPreCherryPick, S::kRef, C::kPlanned, B::kOfRef, false},
    {HookEvent::kPostCherryPick, S::kCommit, C::kMade, B::kOfRef, true},
};
static_assert(std::size(kShapes) == static_cast<size_t>(HookEvent::kPostCherryPick) + 1);

/// A commit that would come after `head`, as far as an event before it knows of it.
refs::Commit PlannedAfter(const refs::Commit& head, const TrialRequest& request, Timestamp now) {
  refs::Commit planned;
  planned.committer = request.user;
  planned.message = "dry run";
  planned.created = now;
  if (request.event != HookEvent::kPrepareCommit) planned.parents = {head.id};
  return planned;
}

}  // namespace

Result<Event> MakeTrialEvent(versioning::Context& context, const refs::Repository& repository,
                             const TrialRequest& request) {
  const Shape& shape = kShapes[static_cast<size_t>(request.event)];
  TARN_TRY_ASSIGN(const refs::Resolved at, context.refs.Resolve(repository, request.ref));
  Event event{.type = request.event,
              .repository = repository,
              .source_ref = shape.source == S::kRef ? request.ref : at.commit.id.str(),
              .branch = request.branch,
              .tag = shape.has_tag ? request.tag : "",
              .merge_source = shape.is_merge ? request.ref : "",
              .commit_id = shape.has_commit_id ? at.commit.id.str() : "",
              .run_id = context.xids.NewDescending(kDescendingEpoch),
              .pre_run_id = {},
              .user = request.user,
              .commit = {},
              .time = context.clock.Now()};
  if (event.branch.empty() && shape.branch == B::kGiven) {
    return Status(Code::kInvalidValue, "the event needs the name of a branch");
  }
  if (event.branch.empty()) {
    const bool is_of_ref = shape.branch == B::kOfRef && at.branch;
    event.branch = is_of_ref ? at.branch->id.str() : repository.default_branch.str();
  }
  if (shape.branch == B::kNone) event.branch.clear();
  if (shape.has_tag && event.tag.empty()) {
    return Status(Code::kInvalidValue, "the event needs the name of a tag");
  }
  if (shape.commit == C::kMade) event.commit = at.commit;
  if (shape.commit == C::kPlanned) event.commit = PlannedAfter(at.commit, request, event.time);
  return event;
}

}  // namespace tarn::hooks
