// Lists the objects below a namespace of LocalStore in key order, page by page. Each page looks at
// the directories on the way again, so that nothing is kept between pages. Level 3.
#pragma once

#include <string>

#include "block/listing.h"
#include "block/local/file_layer.h"

namespace tarn::block {

/// A page of the objects in the directory `base`, which is relative to the open directory `root`.
/// No directory is no objects; what is removed meanwhile is passed over. kIo.
Result<ObjectPage> ListLocal(FileLayer& layer, int root, const std::string& base,
                             const ListRequest& request);

}  // namespace tarn::block
