#include "block/unlinked_object.h"

#include <utility>

#include "base/log.h"

namespace tarn::block {

UnlinkedObject::UnlinkedObject(UnlinkedObject&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)),
      storage_namespace_(std::move(other.storage_namespace_)),
      address_(std::move(other.address_)) {}

UnlinkedObject::~UnlinkedObject() {
  if (released()) return;
  const Status removed = store_->Remove(pointer());
  if (!removed.ok()) TARN_LOG_WARN("an unused object stays: {}", removed.ToString());
}

}  // namespace tarn::block
