#include "versioning/branch/sealed_tokens.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace tarn::versioning {
namespace {

/// Commits that may take sealed tokens away, one after the other, while they are copied.
constexpr int kCompactionTriesMax = 60;
constexpr size_t kBatchRecords = 1024;

/// Copies the records of `tokens` that still count into `draft`.
Status CopyRecords(Context& context, const std::vector<StagingToken>& tokens,
                   const LeaveOut& leave_out, staging::Draft* draft) {
  TARN_TRY_ASSIGN(const auto records, context.staging.Iterate(tokens));
  TARN_TRY(records->Seek(""));
  while (records->Valid()) {
    std::vector<std::pair<std::string, Value>> batch;
    for (; batch.size() < kBatchRecords && records->Valid();) {
      if (!leave_out(records->key())) {
        const ValueView value = records->value();
        batch.emplace_back(records->key(),
                           Value{std::string(value.identity), std::string(value.data)});
      }
      TARN_TRY(records->Next());
    }
    std::vector<staging::Store::Change> changes;
    changes.reserve(batch.size());
    for (const auto& [key, value] : batch) changes.push_back({key, value.view()});
    TARN_TRY(draft->Add(changes));
  }
  return Status();
}

}  // namespace

bool EndsWith(const std::vector<StagingToken>& list, const std::vector<StagingToken>& end) {
  return list.size() >= end.size() &&
         std::equal(end.begin(), end.end(), list.end() - static_cast<ptrdiff_t>(end.size()));
}

void SealStaging(Context& context, const refs::Repository& repository, refs::Branch* branch) {
  branch->sealed_tokens.insert(branch->sealed_tokens.begin(), branch->staging_token);
  branch->staging_token = staging::NewStagingToken(context.random, repository.id, branch->id);
}

Status CompactSealed(Context& context, const refs::Repository& repository, const BranchId& branch,
                     const LeaveOut& leave_out) {
  for (int tries = 0; tries < kCompactionTriesMax; ++tries) {
    TARN_TRY_ASSIGN(const refs::Branch before, context.refs.GetBranch(repository, branch));
    const std::vector<StagingToken>& replaced = before.sealed_tokens;
    if (replaced.empty()) return Status();
    staging::Draft draft(context.staging,
                         staging::NewStagingToken(context.random, repository.id, branch));
    const Status copied = CopyRecords(context, replaced, leave_out, &draft);
    if (copied.code() == Code::kPredicateFailed) continue;  // A sweep took it for abandoned.
    TARN_TRY(copied);
    bool done = false;
    const auto replace = [&](refs::Branch* b) -> Result<bool> {
      // What was sealed meanwhile stays on top.
      done = EndsWith(b->sealed_tokens, replaced);
      if (!done) return false;
      TARN_TRY_ASSIGN(done, draft.IsMine());
      if (!done) return false;
      TARN_TRY(context.staging.QueueDrop(replaced));
      b->sealed_tokens.resize(b->sealed_tokens.size() - replaced.size());
      if (!draft.empty()) b->sealed_tokens.push_back(draft.token());
      return true;
    };
    TARN_TRY(context.refs.UpdateBranch(repository, branch, replace));
    if (done) return Status();
    draft.GiveUp();
  }
  return Status(Code::kTooManyTries, "sealed changes: too many tries (last predicate failed)");
}

}  // namespace tarn::versioning
