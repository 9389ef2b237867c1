// The KV and the object store as one server of several sees them: each call goes through its Fate.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "block/object_store.h"
#include "fate.h"
#include "kv/store.h"

namespace tarn::sim {

class SharedKv final : public kv::Store {
 public:
  SharedKv(kv::Store& store, Fate& fate) : store_(store), fate_(fate) {}

  const kv::Traits& traits() const override { return store_.traits(); }
  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    return fate_.Call([&] { return store_.Get(partition, key); });
  }
  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    return fate_.Call([&] { return store_.Set(partition, key, value); });
  }
  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const kv::Predicate& predicate) override {
    return fate_.Call([&] { return store_.SetIf(partition, key, value, predicate); });
  }
  Status Delete(std::string_view partition, std::string_view key) override {
    return fate_.Call([&] { return store_.Delete(partition, key); });
  }
  Status DeleteIf(std::string_view partition, std::string_view key,
                  const kv::Predicate& predicate) override {
    return fate_.Call([&] { return store_.DeleteIf(partition, key, predicate); });
  }
  Result<kv::IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    TARN_TRY_ASSIGN(auto scan, fate_.Call([&] { return store_.Scan(partition, prefix); }));
    return kv::IteratorPtr(std::make_unique<Iterator>(std::move(scan), fate_));
  }
  Status Drop(std::string_view partition, std::string_view prefix) override {
    return fate_.Call([&] { return store_.Drop(partition, prefix); });
  }
  Result<std::vector<std::string>> ListPartitions() override {
    return fate_.Call([&] { return store_.ListPartitions(); });
  }

 private:
  class Iterator final : public kv::Iterator {
   public:
    Iterator(kv::IteratorPtr scan, Fate& fate) : scan_(std::move(scan)), fate_(fate) {}
    Status Seek(std::string_view target) override {
      return Moved(fate_.Call([&] { return scan_->Seek(target); }));
    }
    Status Next() override {
      return Moved(fate_.Call([&] { return scan_->Next(); }));
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

class SharedObjects final : public block::ObjectStore {
 public:
  SharedObjects(block::ObjectStore& store, Fate& fate) : store_(store), fate_(fate) {}

  const block::StoreInfo& info() const override { return store_.info(); }
  Result<std::unique_ptr<block::ObjectWriter>> Create(const block::ObjectPointer& object,
                                                      const block::WriteOptions& options) override {
    TARN_TRY_ASSIGN(auto writer, store_.Create(object, options));
    return std::unique_ptr<block::ObjectWriter>(std::make_unique<Writer>(std::move(writer), fate_));
  }
  Result<std::unique_ptr<block::ObjectReader>> Open(const block::ObjectPointer& object) override {
    return fate_.Call([&] { return store_.Open(object); });
  }
  Result<bool> Exists(const block::ObjectPointer& object) override {
    return fate_.Call([&] { return store_.Exists(object); });
  }
  Status Remove(const block::ObjectPointer& object) override {
    return fate_.Call([&] { return store_.Remove(object); });
  }
  Result<std::optional<block::ObjectProperties>> MakeDurable(
      const block::ObjectPointer& object) override {
    return fate_.Call([&] { return store_.MakeDurable(object); });
  }
  Result<block::ObjectProperties> Copy(const block::ObjectPointer& from,
                                       const block::ObjectPointer& to,
                                       const block::CopyOptions& options) override {
    return fate_.Call([&] { return store_.Copy(from, to, options); });
  }
  Result<std::unique_ptr<block::ObjectWalker>> Walk(std::string_view source_uri,
                                                    block::WalkKind kind,
                                                    std::function<bool()> stop) override {
    return fate_.Call([&] { return store_.Walk(source_uri, kind, stop); });
  }
  Result<std::string> FormatAddress(const block::ObjectPointer& object) const override {
    return store_.FormatAddress(object);
  }
  Status CheckAddress(const block::ObjectPointer& object) const override {
    return store_.CheckAddress(object);
  }
  Result<std::string> Locate(const block::ObjectPointer& object) const override {
    return store_.Locate(object);
  }
  Result<std::string> LocateSource(std::string_view source_uri) const override {
    return store_.LocateSource(source_uri);
  }

 private:
  class Writer final : public block::ObjectWriter {
   public:
    Writer(std::unique_ptr<block::ObjectWriter> writer, Fate& fate)
        : writer_(std::move(writer)), fate_(fate) {}
    Status Write(std::span<const char> bytes) override { return writer_->Write(bytes); }
    Result<block::ObjectProperties> Commit() override {
      return fate_.Call([&] { return writer_->Commit(); });
    }

   private:
    const std::unique_ptr<block::ObjectWriter> writer_;
    Fate& fate_;
  };

  block::ObjectStore& store_;
  Fate& fate_;
};

}  // namespace tarn::sim
