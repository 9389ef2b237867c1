#include "block/transient/transient_store.h"

#include <algorithm>
#include <utility>

#include "block/address.h"

namespace tarn::block {
namespace {

class DroppingWriter final : public ObjectWriter {
 public:
  explicit DroppingWriter(Clock& clock) : clock_(clock) {}
  Status Write(std::span<const char> bytes) override {
    size_ += static_cast<int64_t>(bytes.size());
    return {};
  }
  Result<ObjectProperties> Commit() override { return ObjectProperties{size_, clock_.Now()}; }

 private:
  Clock& clock_;
  int64_t size_ = 0;
};

class RandomReader final : public ObjectReader {
 public:
  RandomReader(Clock& clock, Random& random)
      : random_(random), properties_{kTransientObjectBytes, clock.Now()} {}
  ObjectProperties properties() const override { return properties_; }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    const int64_t left = std::max<int64_t>(0, properties_.size - offset);
    const auto part = out.first(std::min(out.size(), static_cast<size_t>(left)));
    random_.Fill({reinterpret_cast<uint8_t*>(part.data()), part.size()});
    return part.size();
  }

 private:
  Random& random_;
  const ObjectProperties properties_;
};

Status NotSupported() { return {Code::kUnsupported, "operation not supported"}; }

}  // namespace

TransientStore::TransientStore(Clock& clock, Random& random) : clock_(clock), random_(random) {
  info_.type = "transient";
  info_.namespace_regex = "^transient://";
  info_.namespace_example = "transient://example-bucket/";
}

Result<std::unique_ptr<ObjectWriter>> TransientStore::Create(const ObjectPointer& /*object*/,
                                                             const WriteOptions& /*options*/) {
  return std::unique_ptr<ObjectWriter>(std::make_unique<DroppingWriter>(clock_));
}

Result<std::unique_ptr<ObjectReader>> TransientStore::Open(const ObjectPointer& /*object*/,
                                                           const ByteRange& /*first*/) {
  return std::unique_ptr<ObjectReader>(std::make_unique<RandomReader>(clock_, random_));
}

Result<std::unique_ptr<ObjectStream>> TransientStore::OpenStream(const ObjectPointer& /*object*/,
                                                                 const ByteRange& range) {
  return StreamOf(std::make_unique<RandomReader>(clock_, random_), range);
}

Result<std::optional<ObjectProperties>> TransientStore::Stat(const ObjectPointer& /*object*/) {
  return std::optional(ObjectProperties());
}

Result<std::optional<ObjectProperties>> TransientStore::MakeDurable(const ObjectPointer& object) {
  return Stat(object);
}

Status TransientStore::Remove(const ObjectPointer& /*object*/) { return {}; }

Result<ObjectProperties> TransientStore::Copy(const ObjectPointer& /*from*/,
                                              const ObjectPointer& /*to*/,
                                              const CopyOptions& /*options*/) {
  return ObjectProperties{kTransientObjectBytes, clock_.Now()};
}

Result<ObjectPage> TransientStore::List(const ListRequest& /*request*/) { return ObjectPage(); }

Result<std::unique_ptr<ObjectWalker>> TransientStore::Walk(const WalkRequest& /*request*/) {
  return NotSupported();
}

Result<std::string> TransientStore::FormatAddress(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(const QualifiedKey key, Resolve(object));
  return FormatUri(key);
}

Status TransientStore::CheckAddress(const ObjectPointer& object) const {
  return ToStatus(Resolve(object));
}

Result<std::string> TransientStore::Locate(const ObjectPointer& object) const {
  return FormatAddress(object);
}

Result<std::string> TransientStore::LocateSource(std::string_view /*source_uri*/) const {
  return NotSupported();
}

}  // namespace tarn::block
