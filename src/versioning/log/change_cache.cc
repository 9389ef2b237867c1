#include "versioning/log/change_cache.h"

#include <string>

namespace tarn::versioning {

ChangeCache::Key ChangeCache::KeyOf(const Sha256Digest& filter, const CommitId& commit) {
  std::string text(AsView(filter));
  text += commit.view();
  const Sha256Digest digest = Sha256(text);
  Key key;
  std::memcpy(key.data(), digest.data(), key.size());
  return key;
}

}  // namespace tarn::versioning
