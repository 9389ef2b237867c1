#include "refs/pulls.h"

#include <utility>

#include "base/xid.h"
#include "codec/wire.h"
#include "proto/graveler.pb.h"
#include "refs/keys.h"
#include "refs/list_records.h"
#include "refs/records.h"
#include "refs/update_record.h"

namespace tarn::refs {
namespace {

constexpr std::string_view kPullPrefix = "pulls/";
constexpr uint32_t kIndexPrimaryKey = 1;  // The only field of a record of the index.

Status PullNotFound() { return Status(Code::kPullRequestNotFound, "pull request not found"); }

std::string IndexKey(const Repository& repository, const Pull& pull) {
  return Key(kRepositoryPrefix, repository.partition()) + "/" + pull.source.str() + "/" +
         pull.destination.str();
}

bool Fits(PullStatus status, PullFilter filter) {
  return filter == PullFilter::kAll ||
         (filter == PullFilter::kOpen) == (status == PullStatus::kOpen);
}

Timestamp FromMessage(const google::protobuf::Timestamp& time) {
  return {time.seconds(), time.nanos()};
}

void ToMessage(Timestamp time, google::protobuf::Timestamp* message) {
  message->set_seconds(time.seconds);
  message->set_nanos(time.nanos);
}

}  // namespace

std::string EncodePull(const Pull& pull) {
  pb::PullRequestData message;
  message.set_id(pull.id);
  message.set_status(static_cast<pb::PullRequestStatus>(pull.status));
  ToMessage(pull.created, message.mutable_created_at());
  message.set_title(pull.title);
  message.set_author(pull.author);
  message.set_description(pull.description);
  message.set_source_branch(pull.source.str());
  message.set_destination_branch(pull.destination.str());
  if (pull.merge_commit) message.set_commit_id(pull.merge_commit->str());
  if (pull.closed) ToMessage(*pull.closed, message.mutable_closed_at());
  return SerializeDeterministic(message);
}

Result<Pull> DecodePull(std::string_view bytes) {
  pb::PullRequestData message;
  TARN_TRY(ParseMessage(bytes, "pull request", &message));
  if (!pb::PullRequestStatus_IsValid(message.status())) {
    return Status(Code::kCorrupt, "pull request " + message.id() + " has an unknown status");
  }
  Pull pull;
  pull.id = message.id();
  pull.status = static_cast<PullStatus>(message.status());
  pull.created = FromMessage(message.created_at());
  pull.title = message.title();
  pull.author = message.author();
  pull.description = message.description();
  pull.source = BranchId(message.source_branch());
  pull.destination = BranchId(message.destination_branch());
  if (message.has_commit_id()) pull.merge_commit = CommitId(message.commit_id());
  if (message.has_closed_at()) pull.closed = FromMessage(message.closed_at());
  return pull;
}

Status CheckPullId(std::string_view argument, std::string_view id) {
  const std::string_view reason = id.empty() ? "required value: validation error"
                                  : !XidSeconds(id)
                                      ? "pull request id: invalid value: validation error"
                                      : "";
  if (reason.empty()) return Status();
  return Status(Code::kInvalidValue,
                "argument " + std::string(argument) + ": " + std::string(reason));
}

Result<Pull> GetPull(Store& store, const Repository& repository, std::string_view id) {
  TARN_TRY_ASSIGN(const auto bytes, store.kv().Get(repository.partition(), Key(kPullPrefix, id)));
  if (!bytes) return PullNotFound();
  return DecodePull(*bytes);
}

Result<Page<Pull>> ListPulls(Store& store, const Repository& repository, const PageRequest& request,
                             PullFilter filter) {
  const auto decode = [&](std::string_view bytes) -> Result<std::optional<Pull>> {
    TARN_TRY_ASSIGN(Pull pull, DecodePull(bytes));
    if (!Fits(pull.status, filter)) return std::optional<Pull>();
    return std::optional(std::move(pull));
  };
  return ListRecords<Pull>(store.kv(), repository.partition(), kPullPrefix, request, decode);
}

Status CreatePull(Store& store, const Repository& repository, const Pull& pull) {
  std::string index;
  AppendBytesField(&index, kIndexPrimaryKey, pull.id);
  TARN_TRY(store.kv().Set(kPullIndexPartition, IndexKey(repository, pull), index));
  Status written = store.kv().SetIf(repository.partition(), Key(kPullPrefix, pull.id),
                                    EncodePull(pull), kv::Predicate::Absent());
  if (written.code() != Code::kPredicateFailed) return written;
  return Status(Code::kNotUnique, "pull request already exists: not unique");
}

Status UpdatePull(Store& store, const Repository& repository, std::string_view id,
                  const std::function<Status(Pull*)>& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return PullNotFound();
    TARN_TRY_ASSIGN(Pull pull, DecodePull(*found));
    TARN_TRY(change(&pull));
    return std::optional(EncodePull(pull));
  };
  return UpdateRecord(store.kv(), store.random(), repository.partition(), Key(kPullPrefix, id),
                      "update pull request", edit);
}

}  // namespace tarn::refs
