#include "rest/decision.h"

#include "refs/pulls.h"
#include "serving/client_address.h"

namespace tarn::rest {

Status CallFacts::AppendName(std::string_view name, size_t item, std::string* out) {
  if (!item_name_.empty() && name == item_name_) {
    *out += item_;
    return {};
  }
  if (const ParameterValue* parameter = call_.Find(name)) {
    *out += parameter->text;
    return {};
  }
  if (name == "pull_request.destination") return AppendPullDestination(out);
  const Json* value = &call_.body();
  while (!name.empty() && value != nullptr) {
    const size_t dot = name.find('.');
    value = value->Find(name.substr(0, dot));
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
    if (value != nullptr && value->is_array())
      value = item < value->items().size() ? &value->items()[item] : nullptr;
  }
  if (value != nullptr && value->is_string()) *out += value->string();
  return {};
}

Status CallFacts::AppendPullDestination(std::string* out) const {
  TARN_TRY_ASSIGN(const auto repository, call_.Repository());
  const std::string_view id = call_.Text("pull_request");
  TARN_TRY(refs::CheckPullId("pullRequestID", id));
  TARN_TRY_ASSIGN(const auto pull, refs::GetPull(call_.context().kv, repository, id));
  *out += pull.destination.view();
  return {};
}

size_t CallFacts::CountOf(std::string_view list) {
  const Json* found = call_.body().Find(list);
  return found != nullptr && found->is_array() ? found->items().size() : 0;
}

std::optional<std::string> CallFacts::Fact(std::string_view name) {
  return serving::FactOf(call_.head(), name);
}

}  // namespace tarn::rest
