#include "block/layers/retry_store.h"

#include <utility>

namespace tarn::block {
namespace {

/// The text of an object pointer, kept.
struct ObjectName {
  explicit ObjectName(const ObjectPointer& object)
      : storage_namespace(object.storage_namespace), address(object.address), type(object.type) {}
  ObjectPointer pointer() const { return {storage_namespace, address, type}; }

  const std::string storage_namespace, address;
  const AddressType type;
};

class RetryReader final : public ObjectReader {
 public:
  RetryReader(std::unique_ptr<ObjectReader> under, Retrier& retrier)
      : under_(std::move(under)), retrier_(retrier) {}
  ObjectProperties properties() const override { return under_->properties(); }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    return retrier_.Call([&] { return under_->ReadAt(offset, out); });
  }

 private:
  const std::unique_ptr<ObjectReader> under_;
  Retrier& retrier_;
};

/// Opens the rest of its range anew when it breaks off.
class RetryStream final : public ObjectStream {
 public:
  RetryStream(ObjectStore& store, Retrier& retrier, const ObjectPointer& object,
              const ByteRange& range, std::unique_ptr<ObjectStream> under)
      : store_(store),
        retrier_(retrier),
        object_(object),
        properties_(under->properties()),
        rest_(ResolveRange(range, properties_.size)),
        under_(std::move(under)) {}
  ObjectProperties properties() const override { return properties_; }

  Result<size_t> Read(std::span<char> out) override {
    return retrier_.Call([&]() -> Result<size_t> {
      if (!under_) TARN_TRY(Reopen());
      auto got = under_->Read(out);
      if (got.retry() == Retry::kLater) under_.reset();
      TARN_TRY(got.status());
      rest_.offset += static_cast<int64_t>(*got);
      rest_.length -= static_cast<int64_t>(*got);
      return got;
    });
  }

 private:
  Status Reopen() {
    TARN_TRY_ASSIGN(under_, store_.OpenStream(object_.pointer(), {rest_.offset, rest_.length}));
    if (under_->properties() == properties_) return {};
    under_.reset();
    return {Code::kIo, "object was replaced while it was read"};
  }

  ObjectStore& store_;
  Retrier& retrier_;
  const ObjectName object_;
  const ObjectProperties properties_;
  ResolvedRange rest_;
  std::unique_ptr<ObjectStream> under_;  // null once it broke off
};

/// Walks anew from behind its last batch when the listing fails.
class RetryWalker final : public ObjectWalker {
 public:
  RetryWalker(ObjectStore& store, Retrier& retrier, const WalkRequest& request,
              std::unique_ptr<ObjectWalker> under)
      : store_(store),
        retrier_(retrier),
        source_uri_(request.source_uri),
        kind_(request.kind),
        stop_(request.stop),
        continuation_(request.continuation),
        under_(std::move(under)) {}

  Result<std::unique_ptr<WalkBatch>> Next() override {
    return retrier_.Call([&]() -> Result<std::unique_ptr<WalkBatch>> {
      if (!under_) {
        TARN_TRY_ASSIGN(under_, store_.Walk({source_uri_, kind_, stop_, continuation_}));
      }
      auto batch = under_->Next();
      if (batch.retry() == Retry::kLater) {
        under_.reset();
      } else if (batch.ok() && *batch) {
        continuation_ = under_->continuation();
      }
      return batch;
    });
  }
  std::string continuation() const override { return continuation_; }

 private:
  ObjectStore& store_;
  Retrier& retrier_;
  const std::string source_uri_;
  const WalkKind kind_;
  const std::function<bool()> stop_;
  std::string continuation_;
  std::unique_ptr<ObjectWalker> under_;  // null once it failed
};

}  // namespace

Result<std::unique_ptr<ObjectWriter>> RetryStore::Create(const ObjectPointer& object,
                                                         const WriteOptions& options) {
  return retrier_.Call([&] { return under().Create(object, options); });
}

Result<std::unique_ptr<ObjectReader>> RetryStore::Open(const ObjectPointer& object,
                                                       const ByteRange& first) {
  TARN_TRY_ASSIGN(auto reader, retrier_.Call([&] { return under().Open(object, first); }));
  if (reader->file_descriptor() >= 0) return reader;
  return std::unique_ptr<ObjectReader>(std::make_unique<RetryReader>(std::move(reader), retrier_));
}

Result<std::unique_ptr<ObjectStream>> RetryStore::OpenStream(const ObjectPointer& object,
                                                             const ByteRange& range) {
  TARN_TRY_ASSIGN(auto stream, retrier_.Call([&] { return under().OpenStream(object, range); }));
  if (stream->place()) return stream;
  return std::unique_ptr<ObjectStream>(
      std::make_unique<RetryStream>(under(), retrier_, object, range, std::move(stream)));
}

Result<std::optional<ObjectProperties>> RetryStore::Stat(const ObjectPointer& object) {
  return retrier_.Call([&] { return under().Stat(object); });
}

Result<std::optional<ObjectProperties>> RetryStore::MakeDurable(const ObjectPointer& object) {
  return retrier_.Call([&] { return under().MakeDurable(object); });
}

Status RetryStore::Remove(const ObjectPointer& object) {
  return retrier_.Call([&] { return under().Remove(object); });
}

Status RetryStore::RemoveAll(std::string_view storage_namespace,
                             std::span<const std::string> addresses) {
  return retrier_.Call([&] { return under().RemoveAll(storage_namespace, addresses); });
}

Result<ObjectProperties> RetryStore::Copy(const ObjectPointer& from, const ObjectPointer& to,
                                          const CopyOptions& options) {
  return retrier_.Call([&] { return under().Copy(from, to, options); });
}

Result<ObjectPage> RetryStore::List(const ListRequest& request) {
  return retrier_.Call([&] { return under().List(request); });
}

Result<std::unique_ptr<ObjectWalker>> RetryStore::Walk(const WalkRequest& request) {
  TARN_TRY_ASSIGN(auto walker, retrier_.Call([&] { return under().Walk(request); }));
  return std::unique_ptr<ObjectWalker>(
      std::make_unique<RetryWalker>(under(), retrier_, request, std::move(walker)));
}

Result<PresignedUrl> RetryStore::Presign(const PresignRequest& request) {
  return retrier_.Call([&] { return under().Presign(request); });
}

Result<std::optional<std::string>> RetryStore::StorageClass(const ObjectPointer& object) {
  return retrier_.Call([&] { return under().StorageClass(object); });
}

Result<std::optional<std::string>> RetryStore::Region(std::string_view storage_namespace) {
  return retrier_.Call([&] { return under().Region(storage_namespace); });
}

}  // namespace tarn::block
