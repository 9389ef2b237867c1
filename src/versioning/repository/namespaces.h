// Which places in the object store belong to repositories: no two that write share one, and none
// lies where another keeps its objects or tables. Level 6; thread-safe functions that wait.
#pragma once

#include <string>
#include <string_view>

#include "versioning/context.h"

namespace tarn::versioning {

enum class PlaceUse : uint8_t {
  kFree,
  kShared,  ///< Another repository has the very same place.
  kWithin,  ///< It lies in the data or the tables of another one, or another one in its.
};
/// What other repositories have to do with the place (block::PlaceOfNamespace) of one that is being
/// created. Reads all their records.
///
/// The record of the new one must be there already: of two that want a place, one sees the other at
/// least. Those that are being created there are ended, for nobody can tell whether their servers
/// live; where two end each other, both fail.
Result<PlaceUse> FindPlaceUse(Context& context, std::string_view place,
                              const refs::Repository& repository);

/// A note that a repository is being created at a place, so that what a creation that failed or
/// died has left there does not block the place for ever. Durable; overwrites an older one.
Status NoteCreation(Context& context, std::string_view place, const refs::Repository& repository);
/// True if the last creation at a place did not end.
Result<bool> IsCreationUnfinished(Context& context, std::string_view place);
/// Takes the note of `repository` away: it exists, or is about to be deleted.
Status ForgetCreation(Context& context, std::string_view place, const refs::Repository& repository);

}  // namespace tarn::versioning
