#include "versioning/repository/refs_entities.h"

#include <array>

#include "records/layout.h"
#include "refs/names.h"
#include "refs/records.h"
#include "staging/store.h"
#include "versioning/commit_record.h"

namespace tarn::versioning {
namespace {

// Descriptors of the messages in the JSON form of protobuf, with the spaces that the reference's
// program happens to write. Readers that know no schema use them.
constexpr std::string_view kCommitSchema =
    R"({"name":"CommitData", )"
    R"("field":[{"name":"id", "number":1, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"id"}, )"
    R"({"name":"committer", "number":2, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"committer"}, )"
    R"({"name":"message", "number":3, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"message"}, )"
    R"({"name":"creation_date", "number":4, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_MESSAGE", "typeName":".google.protobuf.Timestamp", )"
    R"("jsonName":"creationDate"}, )"
    R"({"name":"meta_range_id", "number":5, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"metaRangeId"}, )"
    R"({"name":"metadata", "number":6, "label":"LABEL_REPEATED", )"
    R"("type":"TYPE_MESSAGE", )"
    R"("typeName":".io.treeverse.lakefs.graveler.CommitData.MetadataEntry", )"
    R"("jsonName":"metadata"}, )"
    R"({"name":"parents", "number":7, "label":"LABEL_REPEATED", )"
    R"("type":"TYPE_STRING", "jsonName":"parents"}, )"
    R"({"name":"version", "number":8, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_INT32", "jsonName":"version"}, )"
    R"({"name":"generation", "number":9, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_INT32", "jsonName":"generation"}], )"
    R"("nestedType":[{"name":"MetadataEntry", )"
    R"("field":[{"name":"key", "number":1, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"key"}, )"
    R"({"name":"value", "number":2, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"value"}], "options":{"mapEntry":true}}]})";
constexpr std::string_view kBranchSchema =
    R"({"name":"BranchData", )"
    R"("field":[{"name":"id", "number":1, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"id"}, )"
    R"({"name":"commit_id", "number":2, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"commitId"}, )"
    R"({"name":"staging_token", "number":3, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"stagingToken"}, )"
    R"({"name":"sealed_tokens", "number":4, "label":"LABEL_REPEATED", )"
    R"("type":"TYPE_STRING", "jsonName":"sealedTokens"}, )"
    R"({"name":"hidden", "number":5, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_BOOL", "jsonName":"hidden"}]})";
constexpr std::string_view kTagSchema =
    R"({"name":"TagData", )"
    R"("field":[{"name":"id", "number":1, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"id"}, )"
    R"({"name":"commit_id", "number":2, "label":"LABEL_OPTIONAL", )"
    R"("type":"TYPE_STRING", "jsonName":"commitId"}]})";

Status Malformed(RefsEntity entity, std::string_view id) {
  return {Code::kInvalidValue, "record of a dump is no " + std::string(RowOf(entity).name) + ": " +
                                   std::string(id) + ": invalid value: validation error"};
}

Result<Value> CommitToDump(std::string_view id, std::string_view stored) {
  TARN_TRY_ASSIGN(refs::Commit commit, refs::DecodeCommit(stored));
  commit.id = CommitId(id);
  return Value{std::string(id), refs::EncodeCommit(commit)};
}

/// A commit that is restored, or will be.
Result<refs::Commit> FindCommit(Context& context, const refs::Repository& repository,
                                const MetarangeId& commits, const CommitId& id) {
  const auto restored = context.refs.GetCommit(repository, id);
  if (restored.ok()) return **restored;
  if (restored.code() != Code::kCommitNotFound) return restored.status();
  TARN_TRY_ASSIGN(const auto dumped,
                  context.committed.Get(repository.storage_namespace, commits, id.view()));
  if (!dumped) return Status(Code::kCommitNotFound, "commit not found");
  auto commit = refs::DecodeCommit(dumped->view().data);
  if (!commit.ok()) return Malformed(RefsEntity::kCommit, id.view());
  return commit;
}

Status CheckTarget(Context& context, const refs::Repository& repository, const MetarangeId& commits,
                   std::string_view kind, std::string_view id, const CommitId& target) {
  Status found = ToStatus(FindCommit(context, repository, commits, target));
  if (found.code() != Code::kCommitNotFound) return found;
  return {Code::kInvalidValue, std::string(kind) + " " + std::string(id) + ": " + target.str() +
                                   ": commit not found: invalid value: validation error"};
}

Status CheckCommit(Context& context, const refs::Repository& repository, const MetarangeId& commits,
                   std::string_view id, std::string_view data) {
  auto commit = refs::DecodeCommit(data);
  if (!commit.ok()) return Malformed(RefsEntity::kCommit, id);
  if (commit->generation == 0) {
    return {Code::kInvalidValue,
            "dumps created by lakeFS versions before v0.61.0 are no longer supported: no commit "
            "generation"};
  }
  if (refs::ComputeCommitId(*commit).view() != id) {
    return {Code::kInvalidValue, "commit ID does not match for " + std::string(id) +
                                     ": commit id: invalid value: validation error"};
  }
  commit->id = CommitId(id);
  auto checked = CheckCommitRecord(context, repository, *commit, [&](const CommitId& parent) {
    return FindCommit(context, repository, commits, parent);
  });
  if (checked.ok()) return {};
  return std::move(checked).status().Prefixed("commit " + std::string(id) + ": ");
}

Status RestoreCommit(Context& context, const refs::Repository& repository, std::string_view id,
                     std::string_view data) {
  auto commit = refs::DecodeCommit(data);
  if (!commit.ok()) return Malformed(RefsEntity::kCommit, id);
  return ToStatus(context.refs.AddCommit(repository, *std::move(commit)));
}

// Where a branch points is all that is kept: what is staged lives in the KV alone.
Result<Value> BranchToDump(std::string_view id, std::string_view stored) {
  TARN_TRY_ASSIGN(const refs::Branch branch, refs::DecodeBranch(stored));
  const refs::Branch kept = {.id = BranchId(id), .commit = branch.commit};
  return Value{kept.commit.str(), refs::EncodeBranch(kept)};
}

Status CheckBranch(Context& context, const refs::Repository& repository, const MetarangeId& commits,
                   std::string_view id, std::string_view data) {
  const auto branch = refs::DecodeBranch(data);
  if (!branch.ok() || branch->id.view() != id || branch->commit.view().empty()) {
    return Malformed(RefsEntity::kBranch, id);
  }
  return CheckTarget(context, repository, commits, "branch", id, branch->commit);
}

Status RestoreBranch(Context& context, const refs::Repository& repository, std::string_view id,
                     std::string_view data) {
  auto branch = refs::DecodeBranch(data);
  if (!branch.ok()) return Malformed(RefsEntity::kBranch, id);
  refs::Branch restored = {.id = branch->id, .commit = branch->commit};
  restored.staging_token = staging::NewStagingToken(context.random, repository.id, restored.id);
  const Status created = context.refs.CreateBranch(repository, restored);
  if (created.code() != Code::kNotUnique) return created;
  TARN_TRY_ASSIGN(const refs::Branch found, context.refs.GetBranch(repository, restored.id));
  return found.commit == restored.commit ? Status() : created;
}

Result<Value> TagToDump(std::string_view id, std::string_view stored) {
  TARN_TRY_ASSIGN(refs::Tag tag, refs::DecodeTag(stored));
  tag.id = TagId(id);
  return Value{tag.commit.str(), refs::EncodeTag(tag)};
}

Status CheckTag(Context& context, const refs::Repository& repository, const MetarangeId& commits,
                std::string_view id, std::string_view data) {
  const auto tag = refs::DecodeTag(data);
  if (!tag.ok() || tag->id.view() != id || tag->commit.view().empty()) {
    return Malformed(RefsEntity::kTag, id);
  }
  return CheckTarget(context, repository, commits, "tag", id, tag->commit);
}

Status RestoreTag(Context& context, const refs::Repository& repository, std::string_view id,
                  std::string_view data) {
  auto tag = refs::DecodeTag(data);
  if (!tag.ok()) return Malformed(RefsEntity::kTag, id);
  const Status created = context.refs.CreateTag(repository, *tag);
  if (created.code() != Code::kNotUnique) return created;
  TARN_TRY_ASSIGN(const refs::Tag found, context.refs.GetTag(repository, tag->id));
  return found.commit == tag->commit ? Status() : created;
}

constexpr std::array<RefsEntityRow, 3> kRows = {{
    {"commit", "io.treeverse.lakefs.graveler.CommitData", kCommitSchema, records::kCommitPrefix,
     &CommitToDump, &CheckCommit, &RestoreCommit},
    {"branch", "io.treeverse.lakefs.graveler.BranchData", kBranchSchema, records::kBranchPrefix,
     &BranchToDump, &CheckBranch, &RestoreBranch},
    {"tag", "io.treeverse.lakefs.graveler.TagData", kTagSchema, records::kTagPrefix, &TagToDump,
     &CheckTag, &RestoreTag},
}};

}  // namespace

const RefsEntityRow& RowOf(RefsEntity entity) { return kRows[static_cast<size_t>(entity)]; }

}  // namespace tarn::versioning
