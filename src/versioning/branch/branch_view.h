// Looking paths up at one branch record, and telling whether the record still holds afterwards.
// Internal to the verbs that write staged data. Level 6; thread-safe like the stores it reads.
#pragma once

#include <optional>
#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

/// Commits that may overtake one staged write before it gives up; each means that the branch moved.
inline constexpr int kStagedWriteTriesMax = 200;
/// kTooManyTries, with the text of the reference.
Status TooManyStagedWriteTries();

/// True if a write under the one record is a write under the other.
inline bool SameToken(const refs::Branch& a, const refs::Branch& b) {
  return a.staging_token == b.staging_token;
}
/// True if what was looked up under one record also holds under the other: no token was removed and
/// no tree exchanged in between.
inline bool SameView(const refs::Branch& a, const refs::Branch& b) {
  return SameToken(a, b) && a.sealed_tokens == b.sealed_tokens && a.commit == b.commit;
}

class BranchView {
 public:
  BranchView(Context& context, const refs::Repository& repository, const refs::Branch& branch)
      : context_(context), repository_(repository), branch_(branch) {}

  Result<std::optional<staging::Staged>> InToken(std::string_view path) const {
    return context_.staging.Get(branch_.staging_token, path);
  }
  Result<std::optional<staging::Staged>> InSealed(std::string_view path) const {
    if (branch_.sealed_tokens.empty()) return std::optional<staging::Staged>();
    return context_.staging.GetFirst(branch_.sealed_tokens, path);
  }
  Result<std::optional<sst::PinnedValue>> InHead(std::string_view path) const {
    TARN_TRY_ASSIGN(const auto head, context_.refs.GetCommit(repository_, branch_.commit));
    return context_.committed.Get(repository_.storage_namespace, head->metarange, path);
  }

 private:
  Context& context_;
  const refs::Repository& repository_;
  const refs::Branch& branch_;
};

}  // namespace tarn::versioning
