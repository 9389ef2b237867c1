// What a read of a branch looks at, and whether that is still so afterwards. Internal to the verbs
// that read. Level 6; one thread at a time.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "versioning/context.h"

namespace tarn::versioning {

/// A tree under staging tokens, as a branch record said.
///
/// A commit that completes after the record was read moves staged data into a new tree and removes
/// the tokens; then neither the tokens nor the old tree have it. So after its look-ups a reader
/// asks Refresh whether the record still names the same tokens, and starts over if not.
class ReadView {
 public:
  ReadView(Context& context, const refs::Repository& repository, const refs::Resolved& ref)
      : context_(context), repository_(repository), metarange_(ref.commit.metarange) {
    if (ref.with_staging) branch_ = *ref.branch;
  }
  ReadView(Context& context, const refs::Repository& repository, refs::Branch branch,
           MetarangeId metarange)
      : context_(context),
        repository_(repository),
        metarange_(std::move(metarange)),
        branch_(std::move(branch)) {}

  const MetarangeId& metarange() const { return metarange_; }
  bool has_staging() const { return branch_.has_value(); }
  /// Staging token, then sealed ones. Valid until Refresh.
  std::span<const StagingToken> tokens() {
    if (!branch_) return {};
    if (branch_->sealed_tokens.empty()) return {&branch_->staging_token, 1};
    if (tokens_.empty()) tokens_ = branch_->tokens();
    return tokens_;
  }

  /// True if the tokens were replaced since the record was read; the view is then the new one.
  Result<bool> Refresh() {
    TARN_TRY_ASSIGN(refs::Branch now, context_.refs.GetBranch(repository_, branch_->id));
    if (now.staging_token == branch_->staging_token &&
        now.sealed_tokens == branch_->sealed_tokens) {
      overtaken_ = 0;
      return false;
    }
    if (++overtaken_ > kOvertakenMax) {
      return Status(Code::kTooManyTries, "too many commits during a read");
    }
    TARN_TRY_ASSIGN(const auto head, context_.refs.GetCommit(repository_, now.commit));
    metarange_ = head->metarange;
    branch_ = std::move(now);
    tokens_.clear();
    return true;
  }

 private:
  /// Commits that may overtake one read before it gives up.
  static constexpr int kOvertakenMax = 100;

  Context& context_;
  const refs::Repository& repository_;
  MetarangeId metarange_;
  std::optional<refs::Branch> branch_;
  std::vector<StagingToken> tokens_;
  int overtaken_ = 0;  // Since anything was read undisturbed.
};

}  // namespace tarn::versioning
