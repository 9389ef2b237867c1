#include "rest/call.h"

#include "rest/decision.h"

namespace tarn::rest {

Metadata MapOf(const Json& value) {
  Metadata map;
  if (!value.is_object()) return map;
  for (const auto& [key, text] : value.members())
    if (text.is_string()) map[key] = text.string();
  return map;
}

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
  const Json* found = body_.Find(name);
  return found ? MapOf(*found) : Metadata();
}

Status Call::Decide(const auth::Permission& wanted, std::string_view name,
                    std::string_view item) const {
  CallFacts facts(*this, name, item);
  return services_.parts.authorizer.Decide(*user_, wanted, facts);
}

Result<auth::Visibility> Call::See() const {
  return services_.parts.authorizer.See(*user_, operation_.permission);
}

Result<refs::Repository> Call::Repository(std::string_view label) const {
  return catalog().GetRepository(repository_id(), label);
}

Result<refs::Repository> Call::UncheckedRepository() const {
  return refs().GetRepository(repository_id());
}

}  // namespace tarn::rest
