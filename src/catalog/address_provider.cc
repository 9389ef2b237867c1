#include "catalog/address_provider.h"

namespace tarn::catalog {

std::string Catalog::AddressProvider::New() {
  const int64_t now_ms = clock_.MonotonicMs();
  std::string address = "data/";
  {
    std::lock_guard lock(mutex_);
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

}  // namespace tarn::catalog
