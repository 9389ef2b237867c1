#include "versioning/repository/namespaces.h"

#include <optional>

#include "block/address.h"
#include "block/namespace_address.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::versioning {
namespace {

constexpr std::string_view kDataFolder = "data";
constexpr int kPageRepositories = 1000;

/// Tarn's own partition: unfinished creations by the digest of their place.
constexpr std::string_view kCreationsPartition = "tarn-unfinished-creations";

std::string KeyOf(std::string_view place) { return ToHex(AsView(Sha256(place))); }

bool IsWithin(const Context& context, std::string_view place, std::string_view owner) {
  const std::string base = std::string(owner) + "/";
  return block::IsWithin(place, base + std::string(kDataFolder)) ||
         block::IsWithin(place, base + context.settings.block_storage_prefix);
}

}  // namespace

Result<PlaceUse> FindPlaceUse(Context& context, std::string_view place) {
  PlaceUse use = PlaceUse::kFree;
  refs::PageRequest request;
  request.amount = kPageRepositories;
  for (bool more = true; more;) {
    TARN_TRY_ASSIGN(const auto page, context.refs.ListRepositories(request, ""));
    for (const refs::Repository& repository : page.items) {
      const std::string other = block::PlaceOfNamespace(repository.storage_namespace.view());
      if (IsWithin(context, place, other) || IsWithin(context, other, place)) {
        return PlaceUse::kWithin;
      }
      if (other == place) use = PlaceUse::kShared;
    }
    more = page.has_more && !page.items.empty();
    if (more) request.after = page.items.back().id.str();
  }
  return use;
}

Status NoteCreation(Context& context, std::string_view place, const refs::Repository& repository) {
  return context.refs.kv().Set(kCreationsPartition, KeyOf(place), repository.partition());
}

Result<bool> IsCreationUnfinished(Context& context, std::string_view place) {
  TARN_TRY_ASSIGN(const auto note, context.refs.kv().Get(kCreationsPartition, KeyOf(place)));
  return note.has_value();
}

Status ForgetCreation(Context& context, std::string_view place,
                      const refs::Repository& repository) {
  const std::string key = KeyOf(place), mine = repository.partition();
  TARN_TRY_ASSIGN(const auto note, context.refs.kv().Get(kCreationsPartition, key));
  if (note != mine) return Status();
  const Status gone =
      context.refs.kv().DeleteIf(kCreationsPartition, key, kv::Predicate::Equals(mine));
  return gone.code() == Code::kPredicateFailed ? Status() : gone;
}

}  // namespace tarn::versioning
