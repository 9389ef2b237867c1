#include "refs/store.h"

#include "refs/store_impl.h"

namespace tarn::refs {

Store::Store(kv::Store& kv, Clock& clock, Random& random, Options options)
    : impl_(std::make_unique<Impl>(kv, clock, random, options)) {}
Store::~Store() = default;

}  // namespace tarn::refs
