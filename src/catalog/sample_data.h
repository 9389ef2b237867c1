// The content of a repository to play with ("sample_data" of the API): a tutorial, a table of
// lakes, pictures, actions. Level 7; thread-safe.
#pragma once

#include <string_view>

#include "catalog/catalog.h"

namespace tarn::catalog {

/// Uploads the sample objects to the default branch, commits them as `committer`, and protects the
/// branch, unless the repository has rules already. `repository` must be new; whoever creates it
/// removes it if this fails ("error populating sample repository: ...").
Status AddSampleData(Catalog& catalog, const refs::Repository& repository,
                     std::string_view committer);

}  // namespace tarn::catalog
