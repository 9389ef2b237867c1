#include "catalog/address_provider.h"

#include "base/sync.h"

namespace tarn::catalog {
namespace {
constexpr std::string_view kFolder = "data/";
}  // namespace

std::string Catalog::AddressProvider::New() {
  const int64_t now_ms = clock_.MonotonicMs();
  std::string address(kFolder);
  {
    MutexLock lock(mutex_);
    if (partition_.empty() || names_ >= kPartitionNames || now_ms - started_ms_ > kPartitionMs) {
      partition_ = xids_.NewDescending(kPartitionEpoch);
      names_ = 0;
      started_ms_ = now_ms;
    }
    ++names_;
    address += partition_;
  }
  return address + "/" + xids_.New();
}

bool Catalog::AddressProvider::IsOurs(std::string_view address) {
  if (!address.starts_with(kFolder)) return false;
  address.remove_prefix(kFolder.size());
  const size_t slash = address.find('/');
  return slash != std::string_view::npos && XidSeconds(address.substr(0, slash)) &&
         XidSeconds(address.substr(slash + 1));
}

}  // namespace tarn::catalog
