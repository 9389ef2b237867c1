// A store that keeps nothing: what is written is dropped, what is read are random bytes. For
// measuring what a server costs without one. Level 3; thread-safe.
//
// As in the reference every name seems to be taken, and addresses of its own scheme cannot be
// resolved: only bare repositories can be created on it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "block/object_store.h"

namespace tarn::block {

/// Of what seems to be a whole object.
inline constexpr int64_t kTransientObjectBytes = 1 << 20;

class TransientStore final : public ObjectStore {
 public:
  /// Clock and randomness outlive the store.
  TransientStore(Clock& clock, Random& random);

  const StoreInfo& info() const override { return info_; }
  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override;
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override;
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override;
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override;
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override;
  Status Remove(const ObjectPointer& object) override;
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override;
  Result<ObjectPage> List(const ListRequest& request) override;
  /// kUnsupported.
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override;
  Result<std::string> FormatAddress(const ObjectPointer& object) const override;
  Status CheckAddress(const ObjectPointer& object) const override;
  Result<std::string> Locate(const ObjectPointer& object) const override;
  Result<std::string> LocateSource(std::string_view source_uri) const override;

 private:
  Clock& clock_;
  Random& random_;
  StoreInfo info_;
};

}  // namespace tarn::block
