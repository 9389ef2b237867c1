// Objects that the store puts together from others, as many as there are: a request takes 32, so
// that more are composed in layers, through objects that are gone afterwards. Level 3; one thread
// at a time.
//
// Source: "Composite objects" of the Cloud Storage documentation.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "block/gs/objects.h"
#include "block/gs/upload.h"

namespace tarn::block::gs {

/// Of one request.
inline constexpr size_t kComposeMax = 32;

struct ComposeSource {
  std::string key;         ///< In the target's bucket.
  std::string generation;  ///< As Stat told it: no other one is taken.
  int64_t size = 0;        ///< Bytes.
};

/// Makes the object of the sources one after the other. What lies between is named as the reference
/// names it: the first source of a group, '_' and the number of the layer. `create_only`:
/// kAlreadyExists. kPreconditionFailed if a source was replaced; kInvalidValue if one has another
/// customer key.
Result<StoredObject> Compose(const UploadTools& tools, const Location& target,
                             std::vector<ComposeSource> sources, bool create_only);

}  // namespace tarn::block::gs
