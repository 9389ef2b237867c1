#include "refs/records.h"

#include "codec/wire.h"
#include "proto/graveler.pb.h"
#include "records/message.h"

namespace tarn::refs {
namespace {

// Fields of BranchData.
constexpr uint32_t kBranchId = 1, kBranchCommit = 2, kBranchToken = 3, kBranchSealed = 4,
                   kBranchHidden = 5, kBranchCreatedByEvent = 100;

}  // namespace

std::string EncodeRepository(const Repository& repository) {
  pb::RepositoryData message;
  message.set_id(repository.id.str());
  message.set_storage_namespace(repository.storage_namespace.str());
  message.set_default_branch_id(repository.default_branch.str());
  records::SetTime(repository.created, message.mutable_creation_date());
  message.set_state(repository.state == RepositoryState::kActive ? pb::ACTIVE : pb::IN_DELETION);
  message.set_instance_uid(repository.instance_uid);
  message.set_read_only(repository.read_only);
  message.set_storage_id(repository.storage_id);
  return records::Serialize(message);
}

Result<Repository> DecodeRepository(std::string_view bytes) {
  pb::RepositoryData message;
  TARN_TRY(records::Parse(bytes, "repository", &message));
  Repository repository;
  repository.id = RepositoryId(message.id());
  repository.storage_namespace = StorageNamespace(message.storage_namespace());
  repository.default_branch = BranchId(message.default_branch_id());
  repository.created = records::GetTime(message.creation_date());
  if (!pb::RepositoryState_IsValid(message.state())) {
    return Status(Code::kCorrupt, "repository " + message.id() + " has an unknown state");
  }
  repository.state =
      message.state() == pb::ACTIVE ? RepositoryState::kActive : RepositoryState::kInDeletion;
  repository.instance_uid = message.instance_uid();
  repository.read_only = message.read_only();
  repository.storage_id = message.storage_id();
  return repository;
}

std::string EncodeBranch(const Branch& branch) {
  std::string bytes;
  bytes.reserve(branch.id.str().size() + branch.commit.str().size() +
                branch.staging_token.str().size() * (1 + branch.sealed_tokens.size()) + 32);
  AppendBytesField(&bytes, kBranchId, branch.id.view());
  AppendBytesField(&bytes, kBranchCommit, branch.commit.view());
  AppendBytesField(&bytes, kBranchToken, branch.staging_token.view());
  for (const StagingToken& token : branch.sealed_tokens) {
    AppendBytesFieldAlways(&bytes, kBranchSealed, token.view());
  }
  AppendVarintField(&bytes, kBranchHidden, branch.hidden ? 1 : 0);
  AppendBytesField(&bytes, kBranchCreatedByEvent, branch.created_by_event);
  return bytes;
}

Result<Branch> DecodeBranch(std::string_view bytes) {
  Branch branch;
  WireReader reader(bytes);
  for (WireField field; reader.Next(&field);) {
    if (field.is_bytes(kBranchId)) branch.id = BranchId(field.bytes);
    if (field.is_bytes(kBranchCommit)) branch.commit = CommitId(field.bytes);
    if (field.is_bytes(kBranchToken)) branch.staging_token = StagingToken(field.bytes);
    if (field.is_bytes(kBranchSealed)) branch.sealed_tokens.emplace_back(field.bytes);
    if (field.is_varint(kBranchHidden)) branch.hidden = field.varint != 0;
    if (field.is_bytes(kBranchCreatedByEvent)) branch.created_by_event = field.bytes;
  }
  if (reader.failed()) return Status(Code::kCorrupt, "malformed branch record");
  return branch;
}

std::string EncodeTag(const Tag& tag) {
  pb::TagData message;
  message.set_id(tag.id.str());
  message.set_commit_id(tag.commit.str());
  message.set_created_by_event(tag.created_by_event);
  return records::Serialize(message);
}

Result<Tag> DecodeTag(std::string_view bytes) {
  pb::TagData message;
  TARN_TRY(records::Parse(bytes, "tag", &message));
  return Tag{TagId(message.id()), CommitId(message.commit_id()), message.created_by_event()};
}

void ToMessage(const Commit& commit, pb::CommitData* message) {
  message->set_id(commit.id.str());
  message->set_committer(commit.committer);
  message->set_message(commit.message);
  records::SetTime(commit.created, message->mutable_creation_date());
  message->set_meta_range_id(commit.metarange.str());
  for (const auto& [key, value] : commit.metadata) (*message->mutable_metadata())[key] = value;
  for (const CommitId& parent : commit.parents) message->add_parents(parent.str());
  message->set_version(commit.version);
  message->set_generation(commit.generation);
}

Commit FromMessage(const pb::CommitData& message) {
  Commit commit;
  commit.id = CommitId(message.id());
  commit.committer = message.committer();
  commit.message = message.message();
  commit.created = records::GetTime(message.creation_date());
  commit.metarange = MetarangeId(message.meta_range_id());
  for (const auto& [key, value] : message.metadata()) commit.metadata.emplace(key, value);
  commit.parents.reserve(static_cast<size_t>(message.parents_size()));
  for (const auto& parent : message.parents()) commit.parents.emplace_back(parent);
  commit.version = message.version();
  commit.generation = message.generation();
  return commit;
}

std::string EncodeCommit(const Commit& commit) {
  pb::CommitData message;
  ToMessage(commit, &message);
  return records::Serialize(message);
}

Result<Commit> DecodeCommit(std::string_view bytes) {
  pb::CommitData message;
  TARN_TRY(records::Parse(bytes, "commit", &message));
  return FromMessage(message);
}

std::string EncodeMetadata(const Metadata& metadata) {
  pb::RepoMetadata message;
  for (const auto& [key, value] : metadata) (*message.mutable_metadata())[key] = value;
  return records::Serialize(message);
}

Result<Metadata> DecodeMetadata(std::string_view bytes) {
  pb::RepoMetadata message;
  TARN_TRY(records::Parse(bytes, "repository metadata", &message));
  Metadata metadata;
  for (const auto& [key, value] : message.metadata()) metadata.emplace(key, value);
  return metadata;
}

}  // namespace tarn::refs
