#include "records/staging_token.h"

namespace tarn::records {

StagingToken NewStagingToken(Random& random, const RepositoryId& repository,
                             const BranchId& branch) {
  return StagingToken(repository.str() + "-" + branch.str() + ":" + NewUuid(random));
}

std::string_view OwnerOfToken(const StagingToken& token) {
  const size_t colon = token.view().rfind(':');
  return colon == std::string_view::npos ? std::string_view() : token.view().substr(0, colon);
}

}  // namespace tarn::records
