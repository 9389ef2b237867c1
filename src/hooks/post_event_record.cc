#include "hooks/post_event_record.h"

#include "proto/tarn.pb.h"
#include "records/message.h"

namespace tarn::hooks {

std::string EncodePostEvent(const PostEventRecord& record) {
  const Event& event = record.event;
  records::EventAfterChange message;
  message.set_event_type(std::string(event.name()));
  message.set_run_id(event.run_id);
  message.set_pre_run_id(event.pre_run_id);
  message.set_source_ref(event.source_ref);
  message.set_branch_id(event.branch);
  message.set_tag_id(event.tag);
  message.set_merge_source(event.merge_source);
  message.set_commit_id(event.commit_id);
  message.set_has_commit(record.has_commit);
  message.set_user(event.user);
  message.set_depth(event.depth);
  records::SetTime(event.time, message.mutable_time());
  message.set_attempts(record.attempts);
  message.set_owner(record.owner);
  return records::Serialize(message);
}

Result<PostEventRecord> DecodePostEvent(std::string_view bytes) {
  records::EventAfterChange message;
  TARN_TRY(records::Parse(bytes, "event after a change", &message));
  const auto type = versioning::FindHookEvent(message.event_type());
  if (!type) return Status(Code::kCorrupt, "no such event: " + message.event_type());
  return PostEventRecord{.event = {.type = *type,
                                   .repository = {},
                                   .source_ref = message.source_ref(),
                                   .branch = message.branch_id(),
                                   .tag = message.tag_id(),
                                   .merge_source = message.merge_source(),
                                   .commit_id = message.commit_id(),
                                   .run_id = message.run_id(),
                                   .pre_run_id = message.pre_run_id(),
                                   .user = message.user(),
                                   .depth = message.depth(),
                                   .commit = {},
                                   .time = records::GetTime(message.time())},
                         .has_commit = message.has_commit(),
                         .attempts = message.attempts(),
                         .owner = message.owner()};
}

}  // namespace tarn::hooks
