#include "versioning/repository/own_address.h"

namespace tarn::versioning {

std::optional<std::string> AddressInNamespace(const Context& context,
                                              const refs::Repository& repository,
                                              std::string_view full_address) {
  const std::string_view ns = repository.storage_namespace.view();
  const auto own = context.objects.Locate({ns, ""});
  const auto place = context.objects.Locate({ns, full_address, AddressType::kFull});
  // What cannot be read is nowhere.
  if (!own.ok() || !place.ok() || !block::IsWithin(*place, *own)) return std::nullopt;
  if (place->size() == own->size()) return std::nullopt;
  return place->substr(own->size() + 1);
}

Status CheckNotReserved(const Context& context, std::string_view relative_address) {
  if (!block::IsWithin(relative_address, context.settings.block_storage_prefix)) return {};
  return {Code::kInvalidAddress, "address is among the repository's own files: invalid address"};
}

}  // namespace tarn::versioning
