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
    return fate_.Call(StoreKind::kKv, [&] { return store_.Get(partition, key); });
  }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    return fate_.Call(StoreKind::kKv, [&] { return store_.Set(partition, key, value); });
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const kv::Predicate& predicate) override {
    return fate_.Call(StoreKind::kKv,
                      [&] { return store_.SetIf(partition, key, value, predicate); });
  }
  Status Delete(std::string_view partition, std::string_view key) override {
    return fate_.Call(StoreKind::kKv, [&] { return store_.Delete(partition, key); });
  }
  Status DeleteIf(std::string_view partition, std::string_view key,
                  const kv::Predicate& predicate) override {
    return fate_.Call(StoreKind::kKv, [&] { return store_.DeleteIf(partition, key, predicate); });
  }
  Result<kv::IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY_ASSIGN(auto scan,
                    fate_.Call(StoreKind::kKv, [&] { return store_.Scan(partition, prefix); }));
    return kv::IteratorPtr(std::make_unique<Iterator>(std::move(scan), fate_));
  }
  Status Drop(std::string_view partition, std::string_view prefix) override {
    return fate_.Call(StoreKind::kKv, [&] { return store_.Drop(partition, prefix); });
  }
  Result<std::vector<std::string>> ListPartitions() override {
    return fate_.Call(StoreKind::kKv, [&] { return store_.ListPartitions(); });
  }

 private:
  class Iterator final : public kv::Iterator {
   public:
    Iterator(kv::IteratorPtr scan, Fate& fate) : scan_(std::move(scan)), fate_(fate) {}
    Status Seek(std::string_view target) override {
      return Moved(fate_.Call(StoreKind::kKv, [&] { return scan_->Seek(target); }));
    }
    Status Next() override {
      return Moved(fate_.Call(StoreKind::kKv, [&] { return scan_->Next(); }));
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
    const bool is_local =
        operation == block::Operation::kGetRange || operation == block::Operation::kPresign;
    if (is_local) return function();
    return fate_.Call(StoreKind::kObjects, function);
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
  /// One by one: a server may die between two.
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override {
    return ObjectStore::RemoveAll(storage_namespace, addresses);
  }

 private:
  /// Some objects come half way.
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
      return fate_.Call(StoreKind::kObjects, [&] { return Store(); });
    }

   private:
    Result<block::ObjectProperties> Store() {
      const block::ObjectPointer object{namespace_, address_, type_};
      TARN_TRY_ASSIGN(const auto existed, store_.Stat(object));
      auto stored = writer_->Commit();
      if (stored.ok() && fate_.IsHalfDone()) {
        if (!existed) store_.HalfDone(object);  // Else a power cut leaves the older one.
        return Status(Code::kIo, "the object came half way");
      }
      if (stored.ok() || stored.code() == Code::kAlreadyExists) store_.Settled(object);
      return stored;
    }

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
