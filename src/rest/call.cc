#include "rest/call.h"

namespace tarn::rest {

int Call::Amount() const {
  const int64_t amount = parameters_.at("amount").integer;
  return amount > 0 ? static_cast<int>(amount) : catalog::kAmountDefault;
}

refs::PageRequest Call::Page() const {
  return {.prefix = std::string(Text("prefix")),
          .after = std::string(Text("after")),
          .amount = Amount()};
}

std::string Call::BodyText(std::string_view name) const {
  return std::string(body_.StringAt(name).value_or(""));
}

Metadata Call::BodyMap(std::string_view name) const {
  Metadata map;
  const Json* members = body_.Find(name);
  if (!members || !members->is_object()) return map;
  for (const auto& [key, value] : members->members())
    if (value.is_string()) map[key] = value.string();
  return map;
}

Result<refs::Repository> Call::Repository(std::string_view label) const {
  return catalog().GetRepository(repository_id(), label);
}

Result<refs::Repository> Call::UncheckedRepository() const {
  return refs().GetRepository(repository_id());
}

}  // namespace tarn::rest
