// Hooks that trigger a DAG of Airflow, and perhaps wait for its end.
#include <algorithm>

#include "base/sync.h"
#include "codec/base64.h"
#include "codec/go_number.h"
#include "codec/url.h"
#include "codec/utf8.h"
#include "fmt/format.h"
#include "hooks/action.h"
#include "hooks/hook_http.h"
#include "hooks/hook_types.h"

namespace tarn::hooks {
namespace {

constexpr int64_t kRequestMs = 5000;
constexpr int64_t kPollMs = 5000;
constexpr int64_t kLookMs = 100;  ///< Between two looks whether somebody still waits.

Result<std::string> ReadText(const Json& properties, std::string_view key, std::string_view name) {
  const std::string prefix = fmt::format("airflow hook {} property: ", name);
  const Json* const value = properties.Find(key);
  if (value == nullptr) {
    return Status(Code::kInternal, fmt::format("{}key {}: missing key in properties", prefix, key));
  }
  if (!value->is_string()) {
    return Status(
        Code::kInternal,
        fmt::format("{}value of {} is not of type string: wrong value type", prefix, key));
  }
  if (value->string().empty()) {
    return Status(Code::kInternal,
                  fmt::format("{}value of {} is empty: missing key in properties", prefix, key));
  }
  return value->string();
}

/// Names in order, as the reference writes maps.
void SortMembers(Json* json) {
  if (json->is_array()) {
    for (Json& item : json->items()) SortMembers(&item);
  }
  if (!json->is_object()) return;
  std::sort(json->members().begin(), json->members().end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [name, value] : json->members()) SortMembers(&value);
}

class AirflowHook final : public Hook {
 public:
  static Result<std::unique_ptr<Hook>> Make(const HookParts& parts) {
    auto hook = std::make_unique<AirflowHook>(parts);
    const Json& properties = parts.hook.properties;
    TARN_TRY_ASSIGN(hook->url_, ReadText(properties, "url", "url"));
    TARN_TRY_ASSIGN(hook->dag_, ReadText(properties, "dag_id", "DAG ID"));
    TARN_TRY_ASSIGN(hook->user_, ReadText(properties, "username", "username"));
    TARN_TRY_ASSIGN(const std::string password, ReadText(properties, "password", "password"));
    auto substituted = Substitute(password, parts.services.environment, parts.masker);
    if (!substituted.ok()) {
      return std::move(substituted).status().Prefixed("airflow hook password property: ");
    }
    hook->password_ = std::move(substituted->value);
    parts.masker->Add(hook->password_);
    TARN_TRY_ASSIGN(hook->timeout_ms_,
                    ReadTimeoutMs(properties, "airflow hook timeout property: "));
    if (const Json* const conf = properties.Find("dag_conf")) {
      if (!conf->is_object()) {
        return Status(Code::kInternal,
                      "airflow hook conf is not of type Properties: wrong value type");
      }
      hook->conf_ = *conf;
    }
    hook->is_waiting_ = properties.BoolAt("wait_for_dag").value_or(false);
    return std::unique_ptr<Hook>(std::move(hook));
  }

  explicit AirflowHook(const HookParts& parts)
      : services_(parts.services), action_name_(parts.action_name), hook_id_(parts.hook.id) {}

  Status Run(const Event& event, HookOutput& output,
             const std::function<bool()>& is_cancelled) override {
    const std::string run = "lakeFS_hook_" + hook_id_ + "_" + event.run_id;
    TARN_TRY_ASSIGN(HookUrl url, ParseHookUrl(url_));
    while (url.path.ends_with('/')) url.path.pop_back();
    url.path += "/api/v1/dags/" + EscapePath(dag_) + "/dagRuns";
    TARN_TRY(Trigger(event, run, url, output, is_cancelled));
    if (!is_waiting_) return {};
    url.path += "/" + EscapePath(run);
    return Wait(url, output, is_cancelled);
  }

 private:
  HookRequest Request(std::string method, const HookUrl& url, std::string body) const {
    return {.method = std::move(method),
            .url = url,
            .headers = {{"Authorization", "Basic " + EncodeBase64(user_ + ":" + password_)},
                        {"Content-Type", "application/json"}},
            .body = std::move(body),
            .timeout_ms = kRequestMs};
  }

  static Status RequestFailed(int status) {
    return {Code::kIo, fmt::format("status code ({}): airflow hook request failed", status)};
  }

  Status Trigger(const Event& event, const std::string& run, const HookUrl& url, HookOutput& output,
                 const std::function<bool()>& is_cancelled) const {
    Json conf = conf_;
    TARN_TRY_ASSIGN(Json told, ParseJson(EventJson(event, action_name_, hook_id_)));
    SortMembers(&conf);
    conf.Set("lakeFS_event", std::move(told));
    std::sort(conf.members().begin(), conf.members().end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    std::string body;
    JsonWriter json(&body);
    json.BeginObject().Field("dag_run_id", run).Key("conf").Raw(ToJsonText(conf)).EndObject();
    output.Append(fmt::format("Request:\nPOST {}\nUsername: {}, Password: {}\nBody: {}\n\n",
                              url.ToShow(), user_, kMasked, body));
    const auto answer =
        SendHookRequest(services_, Request("POST", url, body), output, is_cancelled);
    if (!answer.ok()) return answer.status().Prefixed("failed executing airflow request: ");
    return answer->status == 200 ? Status() : RequestFailed(answer->status);
  }

  Status Wait(const HookUrl& url, HookOutput& output,
              const std::function<bool()>& is_cancelled) const {
    output.Append("\nWaiting for DAG to complete...\n");
    const int64_t end_ms = services_.clock->MonotonicMs() + timeout_ms_;
    for (;;) {
      TARN_TRY(Pause(end_ms, is_cancelled));
      output.Append("Request:\nGET " + url.ToShow() + "\n");
      TARN_TRY_ASSIGN(const http::GuardedAnswer answer,
                      SendHookRequest(services_, Request("GET", url, ""), output, is_cancelled));
      TARN_TRY_ASSIGN(const std::string state, ReadState(answer.body));
      if (answer.status != 200) return RequestFailed(answer.status);
      output.Append("\nDAG completed with state: " + state + "\n");
      if (state == "success") return {};
      if (state == "failed") return {Code::kIo, "airflow hook DAG failed"};
    }
  }

  /// Until the next poll; an error if the hook ends before it.
  Status Pause(int64_t end_ms, const std::function<bool()>& is_cancelled) const {
    const int64_t now_ms = services_.clock->MonotonicMs(), next_ms = now_ms + kPollMs;
    for (int64_t at_ms = now_ms; at_ms < next_ms; at_ms = services_.clock->MonotonicMs()) {
      if (at_ms >= end_ms) return {Code::kIo, "context deadline exceeded"};
      if (is_cancelled()) return {Code::kCancelled, "context canceled"};
      SleepForUs(std::min({kLookMs, next_ms - at_ms, end_ms - at_ms}) * 1000);
    }
    return {};
  }

  /// The state that an answer tells of; what comes with it must make sense.
  static Result<std::string> ReadState(std::string_view body) {
    TARN_TRY_ASSIGN(const Json answer, ParseJson(body));
    for (const char* name : {"logical_date", "execution_date", "start_date", "end_date"}) {
      const Json* const date = answer.Find(name);
      if (date == nullptr || date->is_null()) continue;
      if (!date->is_string() || !ReadTime(date->string()).error.empty()) {
        const std::string text = date->is_string() ? date->string() : ToJsonText(*date);
        return Status(Code::kIo, fmt::format("parsing time {0} as \"2006-01-02T15:04:05Z07:00\": "
                                             "cannot parse {0} as \"2006\"",
                                             Quote(text)));
      }
    }
    return std::string(answer.StringAt("state").value_or(""));
  }

  const HookServices& services_;
  const std::string action_name_, hook_id_;
  std::string url_, dag_, user_, password_;
  Json conf_{Json::Object()};
  int64_t timeout_ms_ = 0;
  bool is_waiting_ = false;
};

}  // namespace

Result<std::unique_ptr<Hook>> MakeAirflowHook(const HookParts& parts) {
  return AirflowHook::Make(parts);
}

}  // namespace tarn::hooks
