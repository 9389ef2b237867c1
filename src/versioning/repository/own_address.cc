#include "versioning/repository/own_address.h"

#include "block/address.h"

namespace tarn::versioning {

Status CheckNotReserved(const Context& context, std::string_view relative_address) {
  if (!block::IsWithin(relative_address, context.settings.block_storage_prefix)) return {};
  return {Code::kInvalidAddress, "address is among the repository's own files: invalid address"};
}

}  // namespace tarn::versioning
