#include "block/remote/list_page.h"

#include <vector>

namespace tarn::block::remote {

Result<ObjectPage> ListPage(const std::string& base, const ListRequest& request,
                            const ListFunction& list) {
  const std::string after =
      request.continuation.empty() ? "" : base + std::string(request.continuation);
  TARN_TRY_ASSIGN(const auto lister, list(base + std::string(request.prefix), after));
  ObjectPage page;
  for (;;) {
    TARN_TRY_ASSIGN(const std::vector<ListedKey> keys, lister->Next());
    if (keys.empty()) return page;
    for (const ListedKey& key : keys) {
      if (page.objects.size() == request.objects_max) {
        page.continuation = page.objects.back().address;
        return page;
      }
      // A marker of the namespace itself, as some tools make them for folders, has no address.
      if (key.key.size() == base.size()) continue;
      page.objects.push_back({key.key.substr(base.size()), key.size, key.last_modified});
    }
  }
}

}  // namespace tarn::block::remote
