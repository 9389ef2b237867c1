#include "versioning/repository/namespaces.h"

#include "block/address.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "records/layout.h"
#include "records/update.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kSchemeEnd = "://";
constexpr std::string_view kDataFolder = "data";

std::string KeyOf(std::string_view place) { return ToHex(AsView(Sha256(place))); }

bool IsAtOrBelow(std::string_view place, const std::string& folder) {
  return place.starts_with(folder) &&
         (place.size() == folder.size() || place[folder.size()] == '/');
}

bool IsWithin(const Context& context, std::string_view place, std::string_view owner) {
  const std::string base = std::string(owner) + "/";
  return IsAtOrBelow(place, base + std::string(kDataFolder)) ||
         IsAtOrBelow(place, base + context.settings.block_storage_prefix);
}

}  // namespace

std::string PlaceOf(std::string_view storage_namespace) {
  const size_t end = storage_namespace.find(kSchemeEnd);
  if (end == std::string_view::npos) return std::string(storage_namespace);
  const std::string_view scheme = storage_namespace.substr(0, end);
  const auto type = block::StorageTypeOf(scheme);
  std::string place(type.ok() ? block::SchemeOf(*type) : scheme);
  place += ":/";
  const std::string_view name = storage_namespace.substr(end + kSchemeEnd.size());
  return place + block::CleanPath("/" + std::string(name));
}

Result<PlaceUse> FindPlaceUse(Context& context, std::string_view place) {
  PlaceUse use = PlaceUse::kFree;
  TARN_TRY(context.refs.ForEachRepository("", [&](const refs::Repository& repository) {
    const std::string other = PlaceOf(repository.storage_namespace.view());
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
