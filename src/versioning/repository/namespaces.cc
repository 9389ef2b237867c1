#include "versioning/repository/namespaces.h"

#include "block/address.h"
#include "block/namespace_address.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "records/layout.h"
#include "records/update.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kDataFolder = "data";

std::string KeyOf(std::string_view place) { return ToHex(AsView(Sha256(place))); }

bool IsWithin(const Context& context, std::string_view place, std::string_view owner) {
  const std::string base = std::string(owner) + "/";
  return block::IsWithin(place, base + std::string(kDataFolder)) ||
         block::IsWithin(place, base + context.settings.block_storage_prefix);
}

}  // namespace

Result<PlaceUse> FindPlaceUse(Context& context, std::string_view place) {
  PlaceUse use = PlaceUse::kFree;
  TARN_TRY(context.refs.ForEachRepository("", [&](const refs::Repository& repository) {
    const std::string other = block::PlaceOfNamespace(repository.storage_namespace.view());
    if (IsWithin(context, place, other) || IsWithin(context, other, place)) {
      use = PlaceUse::kWithin;
    } else if (other == place && use == PlaceUse::kFree) {
      use = PlaceUse::kShared;
    }
    return Status();
  }));
  return use;
}

Status NoteCreation(Context& context, std::string_view place, const refs::Repository& repository) {
  return context.kv.Set(records::kCreationsPartition, KeyOf(place), repository.partition());
}

Result<bool> IsCreationUnfinished(Context& context, std::string_view place) {
  TARN_TRY_ASSIGN(const auto note, context.kv.Get(records::kCreationsPartition, KeyOf(place)));
  return note.has_value();
}

Status ForgetCreation(Context& context, std::string_view place,
                      const refs::Repository& repository) {
  return records::RemoveIfStill(context.kv, records::kCreationsPartition, KeyOf(place),
                                repository.partition());
}

}  // namespace tarn::versioning
