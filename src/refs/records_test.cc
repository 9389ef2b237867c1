#include "refs/records.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/hex.h"
#include "codec/json.h"
#include "codec/testing/golden_data.h"
#include "codec/wire.h"
#include "proto/graveler.pb.h"
#include "records/message.h"

namespace tarn::refs {
namespace {

CommitId IdOf(std::string committer, std::string message, std::string metarange, int64_t seconds,
              Metadata metadata, std::vector<CommitId> parents) {
  Commit commit;
  commit.committer = std::move(committer);
  commit.message = std::move(message);
  commit.metarange = MetarangeId(metarange);
  commit.created = {seconds, 123};
  commit.metadata = std::move(metadata);
  commit.parents = std::move(parents);
  return ComputeCommitId(commit);
}

// Golden ids of the reference's own tests.
TEST(CommitIdentity, KnownIds) {
  EXPECT_EQ(IdOf("Committer", "message", "metarangeId", 1'000'000'000, {{"key", "value"}},
                 {CommitId("parent1"), CommitId("parent2")})
                .str(),
            "0c5f9d6fde638a6aa82840caf2485bdbe6ad0fc3f220ea88884df9ed99d7cf19");
  EXPECT_EQ(IdOf("some-committer", "I just committed", "123456789987654321", 1'611'501'012,
                 {{"sdkafjnb", "1234"}, {"sdkjvcnbkjndsc", "asnjkdl"}},
                 {CommitId("132456987153687sdfsdf"), CommitId("1324569csfvdkjhcsdkjc")})
                .str(),
            "f1a106bbeb12d3eb54418d6000f4507501d289d0d0879dcce6f4d31425587df1");
  EXPECT_EQ(IdOf("user1", "message1", "deadbeef123", -62135596800, {{"foo", "bar"}},
                 {CommitId("deadbeef1"), CommitId("deadbeef12")})
                .str(),
            "2277b5abd2d3ba6b4d35c48a0e358b0c4bcf5cd6d891c67437fb4c4af0d2fd4b");
  EXPECT_EQ(IdOf("user1", "message1", "deadbeef123", 1'606'834'800, {{"foo", "bar"}}, {}).str(),
            "fac53a04432b2e6e7185f3ac8314a874c556b2557adf3aa8d5b1df985cf96566");
}

// The fields of a message, metadata entries in one order: the reference writes them in any.
std::vector<std::string> FieldsOf(std::string_view message) {
  std::vector<std::string> fields;
  WireReader reader(message);
  for (WireField field; reader.Next(&field);) {
    fields.push_back(std::to_string(field.number) + "=" + std::to_string(field.varint) + "," +
                     ToHex(field.bytes));
  }
  EXPECT_FALSE(reader.failed());
  const auto is_metadata = [](const std::string& field) { return field.starts_with("6="); };
  const auto begin = std::find_if(fields.begin(), fields.end(), is_metadata);
  const auto end = std::find_if_not(begin, fields.end(), is_metadata);
  std::sort(begin, end);
  return fields;
}

Commit FromJson(const Json& json) {
  Commit commit;
  commit.id = CommitId(*json.StringAt("id"));
  commit.committer = *json.StringAt("committer");
  commit.message = *json.StringAt("message");
  const Json* const created = json.Find("creation_date");
  commit.created = {*created->IntAt("seconds"), static_cast<int32_t>(*created->IntAt("nanos"))};
  commit.metarange = MetarangeId(*json.StringAt("meta_range_id"));
  for (const auto& [key, value] : json.Find("metadata")->members()) {
    commit.metadata.emplace(key, value.string());
  }
  for (const Json& parent : json.Find("parents")->items()) {
    commit.parents.emplace_back(parent.string());
  }
  commit.version = static_cast<int32_t>(*json.IntAt("version"));
  commit.generation = static_cast<int32_t>(*json.IntAt("generation"));
  return commit;
}

// Every commit of two installations of the reference: its id, and its record both ways.
TEST(CommitIdentity, CommitsOfTheReference) {
  const auto text = ReadGolden("fixtures/sst/commits.json");
  if (!text) GTEST_SKIP() << "no golden commits";
  const auto json = ParseJson(*text);
  ASSERT_TRUE(json.ok()) << json.status().ToString();
  const auto& commits = json->Find("commits")->items();
  EXPECT_EQ(commits.size(), 260u);
  for (const Json& item : commits) {
    const Commit expected = FromJson(item);
    EXPECT_EQ(ComputeCommitId(expected), expected.id);
    const std::string stored = *FromHex(*item.StringAt("stored"));
    const auto decoded = DecodeCommit(stored);
    ASSERT_TRUE(decoded.ok()) << expected.id;
    EXPECT_EQ(decoded->id, expected.id);
    EXPECT_EQ(ComputeCommitId(*decoded), expected.id);
    EXPECT_EQ(decoded->created.nanos, expected.created.nanos);
    EXPECT_EQ(decoded->generation, expected.generation);
    EXPECT_EQ(decoded->version, expected.version);
    const std::string encoded = EncodeCommit(*decoded);
    if (expected.metadata.size() <= 1) {
      EXPECT_EQ(ToHex(encoded), ToHex(stored)) << expected.id;
    } else {
      EXPECT_EQ(FieldsOf(encoded), FieldsOf(stored)) << expected.id;
      EXPECT_EQ(encoded.size(), stored.size());
    }
    EXPECT_EQ(EncodeCommit(expected), encoded) << "maps are written in one order";
  }
}

TEST(Records, BranchByHandIsBranchByProtobuf) {
  Branch branch;
  branch.id = BranchId("main");
  branch.commit = CommitId(std::string(64, 'a'));
  branch.staging_token = StagingToken("r-main:1");
  for (int sealed = 0; sealed < 3; ++sealed) {
    pb::BranchData message;
    message.set_id(branch.id.str());
    message.set_commit_id(branch.commit.str());
    message.set_staging_token(branch.staging_token.str());
    for (const auto& token : branch.sealed_tokens) message.add_sealed_tokens(token.str());
    message.set_hidden(branch.hidden);
    const std::string bytes = EncodeBranch(branch);
    EXPECT_EQ(ToHex(bytes), ToHex(records::Serialize(message)));
    const auto decoded = DecodeBranch(bytes);
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->id, branch.id);
    EXPECT_EQ(decoded->commit, branch.commit);
    EXPECT_EQ(decoded->tokens(), branch.tokens());
    EXPECT_EQ(decoded->hidden, branch.hidden);
    branch.sealed_tokens.insert(branch.sealed_tokens.begin(), branch.staging_token);
    branch.staging_token = StagingToken("r-main:" + std::to_string(sealed + 2));
    branch.hidden = !branch.hidden;
  }
}

TEST(Records, Repository) {
  Repository repository;
  repository.id = RepositoryId("repo");
  repository.storage_namespace = StorageNamespace("s3://bucket/x");
  repository.default_branch = BranchId("trunk");
  repository.created = {-5, 7};
  repository.state = RepositoryState::kInDeletion;
  repository.instance_uid = "cp2nm0s8s9g7ad3e4pg0";
  repository.read_only = true;
  repository.storage_id = "one";
  const auto decoded = DecodeRepository(EncodeRepository(repository));
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->partition(), "repo-cp2nm0s8s9g7ad3e4pg0");
  EXPECT_EQ(decoded->storage_namespace, repository.storage_namespace);
  EXPECT_EQ(decoded->default_branch, repository.default_branch);
  EXPECT_EQ(decoded->created, repository.created);
  EXPECT_EQ(decoded->state, RepositoryState::kInDeletion);
  EXPECT_TRUE(decoded->read_only);
  EXPECT_EQ(decoded->storage_id, "one");
}

TEST(Records, DamagedBytesAreCorrupt) {
  const std::string bad = "\x0a\x7fshort";
  EXPECT_EQ(DecodeRepository(bad).code(), Code::kCorrupt);
  EXPECT_EQ(DecodeBranch(bad).code(), Code::kCorrupt);
  EXPECT_EQ(DecodeTag(bad).code(), Code::kCorrupt);
  EXPECT_EQ(DecodeCommit(bad).code(), Code::kCorrupt);
  EXPECT_EQ(DecodeMetadata(bad).code(), Code::kCorrupt);
  EXPECT_EQ(DecodeRepository("\x28\x07").code(), Code::kCorrupt) << "a state that is none";
}

}  // namespace
}  // namespace tarn::refs
