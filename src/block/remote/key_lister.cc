#include "block/remote/key_lister.h"

#include <utility>

#include "block/remote/folder_lister.h"
#include "block/remote/span_lister.h"

namespace tarn::block::remote {

runtime::WorkerPoolOptions ListingPoolOptions() { return {.name = "listing", .threads = 16}; }

Result<std::unique_ptr<KeyLister>> ListKeys(std::unique_ptr<PageSource> source,
                                            std::string_view prefix, std::string_view after,
                                            const ListOptions& options) {
  auto listing = std::make_shared<Listing>(std::move(source), options.stop, options.pool);
  TARN_TRY_ASSIGN(ListAnswer first, listing->Fetch({prefix, "", after, ""}));
  if (first.order == ListOrder::kByFolder) {
    return std::unique_ptr<KeyLister>(
        std::make_unique<FolderLister>(std::move(listing), prefix, after));
  }
  return std::unique_ptr<KeyLister>(
      std::make_unique<SpanLister>(std::move(listing), prefix, after, std::move(first)));
}

}  // namespace tarn::block::remote
