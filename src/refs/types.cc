#include "refs/types.h"

#include <limits>

#include "codec/hex.h"
#include "codec/identity.h"

namespace tarn::refs {

std::vector<StagingToken> Branch::tokens() const {
  std::vector<StagingToken> all;
  all.reserve(1 + sealed_tokens.size());
  all.push_back(staging_token);
  all.insert(all.end(), sealed_tokens.begin(), sealed_tokens.end());
  return all;
}

Result<int32_t> NextGeneration(int32_t generation) {
  if (generation < std::numeric_limits<int32_t>::max()) return generation + 1;
  return Status(Code::kInvalidValue,
                "commit generation is at its limit: invalid value: validation error");
}

CommitId ComputeCommitId(const Commit& commit) {
  std::vector<std::string> parents;
  parents.reserve(commit.parents.size());
  for (const CommitId& parent : commit.parents) parents.push_back(parent.str());
  IdentityBuilder parent_list, identity;
  parent_list.StrList(parents);
  identity.Str("commit:v1")
      .Str(commit.committer)
      .Str(commit.message)
      .Str(commit.metarange.view())
      .Int(commit.created.seconds)
      .StrMap(commit.metadata)
      .Embed(parent_list.Digest());
  return CommitId(ToHex(AsView(identity.Digest())));
}

}  // namespace tarn::refs
