// An object that was written, or is about to be, and that nothing points to yet. Level 3; one
// thread at a time.
#pragma once

#include <string>
#include <string_view>

#include "block/object_store.h"

namespace tarn::block {

/// Owns a stored object by its name, which nobody else has: removes it when destroyed, unless it
/// was released before, because something may point to it by then. One that cannot be removed
/// stays, and the log says so.
class UnlinkedObject {
 public:
  /// `address` is relative to the namespace and was made for this object. `store` outlives it.
  UnlinkedObject(ObjectStore& store, std::string_view storage_namespace, std::string_view address)
      : store_(&store), storage_namespace_(storage_namespace), address_(address) {}
  UnlinkedObject(UnlinkedObject&& other) noexcept;
  UnlinkedObject& operator=(UnlinkedObject&&) = delete;
  ~UnlinkedObject();

  const std::string& address() const { return address_; }
  ObjectPointer pointer() const { return {storage_namespace_, address_}; }
  /// Whether the object may be found by somebody: it stays then.
  bool released() const { return store_ == nullptr; }
  void Release() { store_ = nullptr; }

 private:
  ObjectStore* store_;  // null once released
  std::string storage_namespace_, address_;
};

}  // namespace tarn::block
