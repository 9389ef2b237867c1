// The stored form of pull requests.

#include "proto/graveler.pb.h"
#include "records/message.h"
#include "refs/records.h"

namespace tarn::refs {

std::string EncodePull(const Pull& pull) {
  pb::PullRequestData message;
  message.set_id(pull.id);
  message.set_status(static_cast<pb::PullRequestStatus>(pull.status));
  records::SetTime(pull.created, message.mutable_created_at());
  message.set_title(pull.title);
  message.set_author(pull.author);
  message.set_description(pull.description);
  message.set_source_branch(pull.source.str());
  message.set_destination_branch(pull.destination.str());
  if (pull.merge_commit) message.set_commit_id(pull.merge_commit->str());
  if (pull.closed) records::SetTime(*pull.closed, message.mutable_closed_at());
  return records::Serialize(message);
}

Result<Pull> DecodePull(std::string_view bytes) {
  pb::PullRequestData message;
  TARN_TRY(records::Parse(bytes, "pull request", &message));
  if (!pb::PullRequestStatus_IsValid(message.status())) {
    return Status(Code::kCorrupt, "pull request " + message.id() + " has an unknown status");
  }
  Pull pull;
  pull.id = message.id();
  pull.status = static_cast<PullStatus>(message.status());
  pull.created = records::GetTime(message.created_at());
  pull.title = message.title();
  pull.author = message.author();
  pull.description = message.description();
  pull.source = BranchId(message.source_branch());
  pull.destination = BranchId(message.destination_branch());
  if (message.has_commit_id()) pull.merge_commit = CommitId(message.commit_id());
  if (message.has_closed_at()) pull.closed = records::GetTime(message.closed_at());
  return pull;
}

}  // namespace tarn::refs
