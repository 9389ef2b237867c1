// Records of the refs layer as stored bytes and as values (docs/formats/kv.md). Level 5, pure
// functions.
//
// Branches are read and written by hand, since every request reads one; libprotobuf does the rest,
// with maps in ascending key order. Decoders answer kCorrupt for bytes that are no such record.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "records/kind.h"
#include "refs/pulls.h"
#include "refs/types.h"

namespace io::treeverse::lakefs::graveler {
class CommitData;
}

namespace tarn::refs {

namespace pb = ::io::treeverse::lakefs::graveler;

std::string EncodeRepository(const Repository& repository);
Result<Repository> DecodeRepository(std::string_view bytes);

std::string EncodeBranch(const Branch& branch);
Result<Branch> DecodeBranch(std::string_view bytes);

std::string EncodeTag(const Tag& tag);
Result<Tag> DecodeTag(std::string_view bytes);

std::string EncodeCommit(const Commit& commit);
Result<Commit> DecodeCommit(std::string_view bytes);
/// For messages that hold a commit.
void ToMessage(const Commit& commit, pb::CommitData* message);
Commit FromMessage(const pb::CommitData& message);

std::string EncodeMetadata(const Metadata& metadata);
Result<Metadata> DecodeMetadata(std::string_view bytes);

/// In the partition of repositories, all others in that of their repository.
inline constexpr records::Kind<Repository> kRepositories = {
    .prefix = records::kRepositoryPrefix,
    .encode = &EncodeRepository,
    .decode = &DecodeRepository,
    .what = "update repository",
    .missing = {Code::kRepositoryNotFound, "repository not found"}};
inline constexpr records::Kind<Branch> kBranches = {
    .prefix = records::kBranchPrefix,
    .encode = &EncodeBranch,
    .decode = &DecodeBranch,
    .what = "update branch",
    .missing = {Code::kBranchNotFound, "branch not found"},
    .taken = {Code::kNotUnique, "branch already exists: not unique"}};
inline constexpr records::Kind<Tag> kTags = {
    .prefix = records::kTagPrefix,
    .encode = &EncodeTag,
    .decode = &DecodeTag,
    .what = "update tag",
    .missing = {Code::kTagNotFound, "tag not found"},
    .taken = {Code::kNotUnique, "tag already exists: not unique"}};
inline constexpr records::Kind<Commit> kCommits = {
    .prefix = records::kCommitPrefix,
    .encode = &EncodeCommit,
    .decode = &DecodeCommit,
    .what = "update commit",
    .missing = {Code::kCommitNotFound, "commit not found"}};
inline constexpr records::Kind<Pull> kPulls = {
    .prefix = records::kPullPrefix,
    .encode = &EncodePull,
    .decode = &DecodePull,
    .what = "update pull request",
    .missing = {Code::kPullRequestNotFound, "pull request not found"},
    .taken = {Code::kNotUnique, "pull request already exists: not unique"}};

}  // namespace tarn::refs
