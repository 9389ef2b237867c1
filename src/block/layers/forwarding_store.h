// A store that passes every call on to another: the base of layers, which override what they are
// about. Level 3; thread-safe as the store below.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "block/object_store.h"

namespace tarn::block {

class ForwardingStore : public ObjectStore {
 public:
  /// `under` outlives this store.
  explicit ForwardingStore(ObjectStore& under) : under_(under) {}
  explicit ForwardingStore(std::unique_ptr<ObjectStore> under)
      : owned_(std::move(under)), under_(*owned_) {}

  const StoreInfo& info() const override { return under_.info(); }
  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override {
    return under_.Create(object, options);
  }
  Result<ObjectProperties> Put(const ObjectPointer& object, std::string_view bytes,
                               const WriteOptions& options) override {
    return under_.Put(object, bytes, options);
  }
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override {
    return under_.Open(object, first);
  }
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override {
    return under_.OpenStream(object, range);
  }
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override {
    return under_.Stat(object);
  }
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override {
    return under_.MakeDurable(object);
  }
  Status Remove(const ObjectPointer& object) override { return under_.Remove(object); }
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override {
    return under_.RemoveAll(storage_namespace, addresses);
  }
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override {
    return under_.Copy(from, to, options);
  }
  Result<ObjectPage> List(const ListRequest& request) override { return under_.List(request); }
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override {
    return under_.Walk(request);
  }
  Result<PresignedUrl> Presign(const PresignRequest& request) override {
    return under_.Presign(request);
  }
  ClientUploads* client_uploads() override { return under_.client_uploads(); }
  Result<std::optional<std::string>> StorageClass(const ObjectPointer& object) override {
    return under_.StorageClass(object);
  }
  Result<std::optional<std::string>> Region(std::string_view storage_namespace) override {
    return under_.Region(storage_namespace);
  }
  Result<std::string> FormatAddress(const ObjectPointer& object) const override {
    return under_.FormatAddress(object);
  }
  Status CheckAddress(const ObjectPointer& object) const override {
    return under_.CheckAddress(object);
  }
  Result<std::string> Locate(const ObjectPointer& object) const override {
    return under_.Locate(object);
  }
  Result<std::string> LocateSource(std::string_view source_uri) const override {
    return under_.LocateSource(source_uri);
  }

 protected:
  ObjectStore& under() const { return under_; }

 private:
  const std::unique_ptr<ObjectStore> owned_;  // null if the store below is borrowed
  ObjectStore& under_;
};

}  // namespace tarn::block
