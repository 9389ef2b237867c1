#include "refs/store.h"

#include "refs/store_impl.h"

namespace tarn::refs {

Store::Store(kv::Store& kv, Clock& clock, Random& random, Options options)
    : impl_(std::make_unique<Impl>(kv, clock, random, options)) {}
Store::~Store() = default;

kv::Store& Store::kv() { return impl_->kv; }
Clock& Store::clock() { return impl_->clock; }
Random& Store::random() { return impl_->random; }
XidGenerator& Store::xids() { return impl_->xids; }

}  // namespace tarn::refs
