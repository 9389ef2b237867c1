// The KV and the object store as one server of several sees them: each call goes through its Fate.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "block/layers/intercepted_store.h"
#include "fate.h"
#include "kv/store.h"
#include "volatile_objects.h"

namespace tarn::sim {

class SharedKv final : public kv::Store {
 public:
  SharedKv(kv::Store& store, Fate& fate) : store_(store), fate_(fate) {}

  const kv::Traits& traits() const override { return store_.traits(); }
  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    return fate_.Call(CallKind::kKvRead, [&] { return store_.Get(partition, key); });
  }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    return fate_.Call(CallKind::kKvWrite, [&] { return store_.Set(partition, key, value); });
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const kv::Predicate& predicate) override {
    return fate_.Call(CallKind::kKvWrite,
                      [&] { return store_.SetIf(partition, key, value, predicate); });
  }
  Status Delete(std::string_view partition, std::string_view key) override {
    return fate_.Call(CallKind::kKvWrite, [&] { return store_.Delete(partition, key); });
  }
  Status DeleteIf(std::string_view partition, std::string_view key,
                  const kv::Predicate& predicate) override {
    return fate_.Call(CallKind::kKvWrite,
                      [&] { return store_.DeleteIf(partition, key, predicate); });
  }
  Result<kv::IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY_ASSIGN(auto scan,
                    fate_.Call(CallKind::kKvRead, [&] { return store_.Scan(partition, prefix); }));
    return kv::IteratorPtr(std::make_unique<Iterator>(std::move(scan), fate_));
  }
  Status Drop(std::string_view partition, std::string_view prefix) override {
    return fate_.Call(CallKind::kKvWrite, [&] { return store_.Drop(partition, prefix); });
  }
  Result<std::vector<std::string>> ListPartitions() override {
    return fate_.Call(CallKind::kKvRead, [&] { return store_.ListPartitions(); });
  }

 private:
  class Iterator final : public kv::Iterator {
   public:
    Iterator(kv::IteratorPtr scan, Fate& fate) : scan_(std::move(scan)), fate_(fate) {}
    Status Seek(std::string_view target) override {
      return Moved(fate_.Call(CallKind::kKvRead, [&] { return scan_->Seek(target); }));
    }
    Status Next() override {
      return Moved(fate_.Call(CallKind::kKvRead, [&] { return scan_->Next(); }));
    }
    bool Valid() const override { return !failed_ && scan_->Valid(); }
    std::string_view key() const override { return scan_->key(); }
    const std::string_view& value() const override { return scan_->value(); }

   private:
    Status Moved(Status status) {
      failed_ = !status.ok();
      return status;
    }
    const kv::IteratorPtr scan_;
    Fate& fate_;
    bool failed_ = false;
  };

  kv::Store& store_;
  Fate& fate_;
};

/// Lets the calls that reach the store go through a Fate: bytes of writers reach it with Commit.
class FateOfObjects {
 public:
  explicit FateOfObjects(Fate& fate) : fate_(fate) {}
  template <class Function>
  auto Call(block::Operation operation, Function&& function) -> decltype(function()) {
    switch (operation) {
      case block::Operation::kCreate:
      case block::Operation::kWrite:
      case block::Operation::kGetRange:
      case block::Operation::kPresign:
        return function();  // Nothing leaves the server.
      case block::Operation::kGet:
      case block::Operation::kStat:
      case block::Operation::kList:
        return fate_.Call(CallKind::kObjectRead, function);
      case block::Operation::kRemove:
        return fate_.Call(CallKind::kObjectRemove, function);
      case block::Operation::kPut:
      case block::Operation::kMakeDurable:
      case block::Operation::kCopy:
        break;
    }
    return fate_.Call(CallKind::kObjectWrite, function);
  }

 private:
  Fate& fate_;
};

class SharedObjects final : private FateOfObjects, public block::InterceptedStore<FateOfObjects> {
 public:
  SharedObjects(VolatileObjects& store, Fate& fate)
      : FateOfObjects(fate),
        InterceptedStore(store, static_cast<FateOfObjects&>(*this)),
        store_(store),
        fate_(fate) {}
  Result<std::unique_ptr<block::ObjectWriter>> Create(const block::ObjectPointer& object,
                                                      const block::WriteOptions& options) override {
    TARN_TRY_ASSIGN(auto writer, store_.Create(object, options));
    return std::unique_ptr<block::ObjectWriter>(
        std::make_unique<Writer>(std::move(writer), object, store_, fate_));
  }
  Result<block::ObjectProperties> Put(const block::ObjectPointer& object, std::string_view bytes,
                                      const block::WriteOptions& options) override {
    return ObjectStore::Put(object, bytes, options);
  }
  Result<block::ObjectProperties> Copy(const block::ObjectPointer& from,
                                       const block::ObjectPointer& to,
                                       const block::CopyOptions& options) override {
    return fate_.Call(CallKind::kObjectWrite, [&] {
      return Make(store_, fate_, to, [&] { return store_.Copy(from, to, options); });
    });
  }
  /// One by one: a server may die between two.
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override {
    return ObjectStore::RemoveAll(storage_namespace, addresses);
  }

 private:
  /// Lets `make` make an object; some come half way.
  template <class Function>
  static Result<block::ObjectProperties> Make(VolatileObjects& store, Fate& fate,
                                              const block::ObjectPointer& object, Function&& make) {
    TARN_TRY_ASSIGN(const auto existed, store.Stat(object));
    Result<block::ObjectProperties> stored = make();
    if (stored.ok() && fate.IsHalfDone()) {
      if (!existed) store.HalfDone(object);  // Else a power cut leaves the older one.
      return Status(Code::kIo, "the object came half way");
    }
    if (stored.ok() || stored.code() == Code::kAlreadyExists) store.Settled(object);
    return stored;
  }

  class Writer final : public block::ObjectWriter {
   public:
    Writer(std::unique_ptr<block::ObjectWriter> writer, const block::ObjectPointer& object,
           VolatileObjects& store, Fate& fate)
        : writer_(std::move(writer)),
          namespace_(object.storage_namespace),
          address_(object.address),
          type_(object.type),
          store_(store),
          fate_(fate) {}
    Status Write(std::span<const char> bytes) override { return writer_->Write(bytes); }
    Result<block::ObjectProperties> Commit() override {
      return fate_.Call(CallKind::kObjectWrite, [&] {
        return Make(store_, fate_, {namespace_, address_, type_},
                    [&] { return writer_->Commit(); });
      });
    }

   private:
    const std::unique_ptr<block::ObjectWriter> writer_;
    const std::string namespace_, address_;
    const AddressType type_;
    VolatileObjects& store_;
    Fate& fate_;
  };

  VolatileObjects& store_;
  Fate& fate_;
};

}  // namespace tarn::sim
