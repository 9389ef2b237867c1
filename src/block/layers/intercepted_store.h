// A store whose every call, also of its readers, streams, writers and walkers, goes through an
// interceptor: the common shape of layers that count, delay, refuse or watch calls. Level 3;
// thread-safe as the store below and the interceptor.
//
// An interceptor has `auto Call(Operation, Function&& function)`, which returns what `function()`
// does (a Status or a Result), or a failure instead. Addresses (FormatAddress and the like) go past
// it, and so do reads of what lies in an open file, where sendfile would go past it as well.
#pragma once

#include <memory>
#include <utility>

#include "block/layers/forwarding_store.h"
#include "block/layers/operation.h"

namespace tarn::block {

template <class Interceptor>
class InterceptedReader final : public ObjectReader {
 public:
  InterceptedReader(std::unique_ptr<ObjectReader> under, Interceptor& interceptor)
      : under_(std::move(under)), interceptor_(interceptor) {}
  ObjectProperties properties() const override { return under_->properties(); }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    return interceptor_.Call(Operation::kGetRange, [&] { return under_->ReadAt(offset, out); });
  }

 private:
  const std::unique_ptr<ObjectReader> under_;
  Interceptor& interceptor_;
};

template <class Interceptor>
class InterceptedStream final : public ObjectStream {
 public:
  InterceptedStream(std::unique_ptr<ObjectStream> under, Interceptor& interceptor)
      : under_(std::move(under)), interceptor_(interceptor) {}
  ObjectProperties properties() const override { return under_->properties(); }
  Result<size_t> Read(std::span<char> out) override {
    return interceptor_.Call(Operation::kGetRange, [&] { return under_->Read(out); });
  }

 private:
  const std::unique_ptr<ObjectStream> under_;
  Interceptor& interceptor_;
};

template <class Interceptor>
class InterceptedWriter final : public ObjectWriter {
 public:
  InterceptedWriter(std::unique_ptr<ObjectWriter> under, Interceptor& interceptor)
      : under_(std::move(under)), interceptor_(interceptor) {}
  Status Write(std::span<const char> bytes) override {
    return interceptor_.Call(Operation::kWrite, [&] { return under_->Write(bytes); });
  }
  Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                int64_t length) override {
    return interceptor_.Call(Operation::kWrite,
                             [&] { return under_->Append(store, from, offset, length); });
  }
  Result<ObjectProperties> Commit() override {
    return interceptor_.Call(Operation::kPut, [&] { return under_->Commit(); });
  }

 private:
  const std::unique_ptr<ObjectWriter> under_;
  Interceptor& interceptor_;
};

template <class Interceptor>
class InterceptedWalker final : public ObjectWalker {
 public:
  InterceptedWalker(std::unique_ptr<ObjectWalker> under, Interceptor& interceptor)
      : under_(std::move(under)), interceptor_(interceptor) {}
  Result<std::unique_ptr<WalkBatch>> Next() override {
    return interceptor_.Call(Operation::kList, [&] { return under_->Next(); });
  }
  std::string continuation() const override { return under_->continuation(); }

 private:
  const std::unique_ptr<ObjectWalker> under_;
  Interceptor& interceptor_;
};

template <class Interceptor>
class InterceptedStore : public ForwardingStore {
 public:
  /// The interceptor outlives the store, and its readers and writers.
  InterceptedStore(std::unique_ptr<ObjectStore> under, Interceptor& interceptor)
      : ForwardingStore(std::move(under)), interceptor_(interceptor) {}
  InterceptedStore(ObjectStore& under, Interceptor& interceptor)
      : ForwardingStore(under), interceptor_(interceptor) {}

  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override {
    TARN_TRY_ASSIGN(auto writer, interceptor_.Call(Operation::kCreate, [&] {
      return under().Create(object, options);
    }));
    return std::unique_ptr<ObjectWriter>(
        std::make_unique<InterceptedWriter<Interceptor>>(std::move(writer), interceptor_));
  }
  Result<ObjectProperties> Put(const ObjectPointer& object, std::string_view bytes,
                               const WriteOptions& options) override {
    return interceptor_.Call(Operation::kPut, [&] { return under().Put(object, bytes, options); });
  }
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override {
    TARN_TRY_ASSIGN(auto reader, interceptor_.Call(Operation::kGet,
                                                   [&] { return under().Open(object, first); }));
    if (reader->file_descriptor() >= 0) return reader;
    return std::unique_ptr<ObjectReader>(
        std::make_unique<InterceptedReader<Interceptor>>(std::move(reader), interceptor_));
  }
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override {
    TARN_TRY_ASSIGN(auto stream, interceptor_.Call(Operation::kGet, [&] {
      return under().OpenStream(object, range);
    }));
    if (stream->place()) return stream;
    return std::unique_ptr<ObjectStream>(
        std::make_unique<InterceptedStream<Interceptor>>(std::move(stream), interceptor_));
  }
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override {
    return interceptor_.Call(Operation::kStat, [&] { return under().Stat(object); });
  }
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override {
    return interceptor_.Call(Operation::kMakeDurable, [&] { return under().MakeDurable(object); });
  }
  Status Remove(const ObjectPointer& object) override {
    return interceptor_.Call(Operation::kRemove, [&] { return under().Remove(object); });
  }
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override {
    return interceptor_.Call(Operation::kRemove,
                             [&] { return under().RemoveAll(storage_namespace, addresses); });
  }
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override {
    return interceptor_.Call(Operation::kCopy, [&] { return under().Copy(from, to, options); });
  }
  Result<ObjectPage> List(const ListRequest& request) override {
    return interceptor_.Call(Operation::kList, [&] { return under().List(request); });
  }
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override {
    TARN_TRY_ASSIGN(auto walker,
                    interceptor_.Call(Operation::kList, [&] { return under().Walk(request); }));
    return std::unique_ptr<ObjectWalker>(
        std::make_unique<InterceptedWalker<Interceptor>>(std::move(walker), interceptor_));
  }
  Result<PresignedUrl> Presign(const PresignRequest& request) override {
    return interceptor_.Call(Operation::kPresign, [&] { return under().Presign(request); });
  }
  Result<std::optional<std::string>> StorageClass(const ObjectPointer& object) override {
    return interceptor_.Call(Operation::kStat, [&] { return under().StorageClass(object); });
  }
  Result<std::optional<std::string>> Region(std::string_view storage_namespace) override {
    return interceptor_.Call(Operation::kStat, [&] { return under().Region(storage_namespace); });
  }

 private:
  Interceptor& interceptor_;
};

}  // namespace tarn::block
