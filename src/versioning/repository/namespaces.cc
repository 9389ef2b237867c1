#include "versioning/repository/namespaces.h"

#include "block/address.h"
#include "block/namespace_address.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "records/layout.h"
#include "records/update.h"

namespace tarn::versioning {
namespace {

constexpr int kPageRepositories = 1000;
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
  refs::PageRequest request;
  request.amount = kPageRepositories;
  for (bool more = true; more;) {
    TARN_TRY_ASSIGN(const auto page, context.refs.ListWithUnfinished(request));
    for (const refs::Repository& found : page.items) {
      const std::string other = block::PlaceOfNamespace(found.storage_namespace.view());
      const bool within = IsWithin(context, place, other) || IsWithin(context, other, place);
      if ((!within && other != place) || found.instance_uid == repository.instance_uid) continue;
      if (found.state != refs::RepositoryState::kActive) {
        TARN_TRY_ASSIGN(const bool ended, context.refs.EndUnfinished(found));
        if (ended) continue;
      }
      if (within) return PlaceUse::kWithin;
      use = PlaceUse::kShared;
    }
    more = page.has_more && !page.items.empty();
    if (more) request.after = page.items.back().id.str();
  }
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
