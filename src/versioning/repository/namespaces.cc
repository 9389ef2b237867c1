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

Result<PlaceUse> FindPlaceUse(Context& context, std::string_view place,
                              const refs::Repository& repository) {
  PlaceUse use = PlaceUse::kFree;
  const auto look = [&](const refs::Repository& found) -> Status {
    if (use == PlaceUse::kWithin) return {};
    const std::string other = block::PlaceOfNamespace(found.storage_namespace.view());
    const bool within = IsWithin(context, place, other) || IsWithin(context, other, place);
    if ((!within && other != place) || found.instance_uid == repository.instance_uid) return {};
    if (found.state != refs::RepositoryState::kActive) {
      TARN_TRY_ASSIGN(const bool ended, context.refs.EndUnfinished(found));
      if (ended) return {};
    }
    use = within ? PlaceUse::kWithin : PlaceUse::kShared;
    return {};
  };
  TARN_TRY(context.refs.ForEachRepository("", look, refs::Store::Unfinished::kShown));
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
