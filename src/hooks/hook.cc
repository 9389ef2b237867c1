#include "hooks/hook.h"

#include "codec/json_writer.h"

namespace tarn::hooks {
namespace {

constexpr std::string_view kCut = "\n[the rest of the output is not kept]\n";

void FieldUnlessEmpty(JsonWriter* json, std::string_view name, std::string_view text) {
  if (!text.empty()) json->Field(name, text);
}

}  // namespace

Event MakeEvent(const versioning::HookCall& call, Timestamp time) {
  Event event{.type = call.event,
              .repository = call.repository,
              .source_ref = std::string(call.source_ref),
              .branch = std::string(call.branch),
              .tag = std::string(call.tag),
              .merge_source = std::string(call.merge_source),
              .commit_id = std::string(call.commit_id),
              .run_id = call.run_id,
              .pre_run_id = call.pre_run_id,
              .user = std::string(call.user),
              .depth = call.depth,
              .commit = {},
              .time = time};
  if (call.commit != nullptr) event.commit = *call.commit;
  return event;
}

std::string EventJson(const Event& event, std::string_view action_name, std::string_view hook_id) {
  std::string text;
  JsonWriter json(&text);
  json.BeginObject().Field("event_type", event.name());
  json.Field("event_time", FormatRfc3339({event.time.seconds, 0}));
  json.Field("action_name", action_name).Field("hook_id", hook_id);
  json.Field("repository_id", event.repository.id.view());
  FieldUnlessEmpty(&json, "branch_id", event.branch);
  FieldUnlessEmpty(&json, "source_ref", event.source_ref);
  FieldUnlessEmpty(&json, "tag_id", event.tag);
  FieldUnlessEmpty(&json, "commit_id", event.commit_id);
  if (event.commit) {
    FieldUnlessEmpty(&json, "commit_message", event.commit->message);
    FieldUnlessEmpty(&json, "committer", event.commit->committer);
    if (!event.commit->metadata.empty()) json.Field("commit_metadata", event.commit->metadata);
  }
  FieldUnlessEmpty(&json, "merge_source", event.merge_source);
  json.EndObject();
  return text;
}

void HookOutput::Append(std::string_view text) {
  const MutexLock lock(mutex_);
  if (is_cut_) return;
  is_cut_ = text.size() > kBytesMax - text_.size();
  text_.append(text.substr(0, kBytesMax - text_.size()));
}

std::string HookOutput::text() const {
  const MutexLock lock(mutex_);
  std::string masked = masker_.Mask(text_);
  if (is_cut_) masked += kCut;
  return masked;
}

std::string HookOutput::TextSoFar() const {
  const MutexLock lock(mutex_);
  return masker_.MaskBeginning(text_);
}

}  // namespace tarn::hooks
