#include "kv/mem/mem_store.h"

#include <map>

#include "base/blocking.h"
#include "base/sync.h"

namespace tarn::kv::mem {
namespace {

using Table = std::map<std::string, std::string, std::less<>>;

class TableIterator : public Iterator {
 public:
  TableIterator(std::shared_ptr<Mutex> mutex, std::shared_ptr<const Table> table,
                std::string_view prefix)
      : mutex_(std::move(mutex)), table_(std::move(table)), prefix_(prefix), at_(table_->end()) {}
  ~TableIterator() override {
    // Under the lock, so that a writer who finds the map unshared also sees that we are done.
    MutexLock lock(*mutex_);
    table_.reset();
  }

  Status Seek(std::string_view target) override {
    at_ = table_->lower_bound(std::max<std::string_view>(target, prefix_));
    Load();
    return Status();
  }
  Status Next() override {
    ++at_;
    Load();
    return Status();
  }
  bool Valid() const override { return at_ != table_->end(); }
  std::string_view key() const override { return at_->first; }
  const std::string_view& value() const override { return value_; }

 private:
  void Load() {
    if (at_ != table_->end() && !at_->first.starts_with(prefix_)) at_ = table_->end();
    if (at_ != table_->end()) value_ = at_->second;
  }

  std::shared_ptr<Mutex> mutex_;        // The store's; shared because iterators may outlive it.
  std::shared_ptr<const Table> table_;  // Shared with the store until it writes again.
  const std::string prefix_;
  Table::const_iterator at_;
  std::string_view value_;
};

class MemStore : public Store {
 public:
  const Traits& traits() const override { return traits_; }

  Result<std::optional<std::string>> Get(std::string_view partition,
                                         std::string_view key) override {
    TARN_TRY(CheckKey(traits_, partition, key));
    MutexLock lock(*mutex_);
    const auto found = Find(partition, key);
    return found ? std::optional<std::string>(*found) : std::nullopt;
  }

  Status Set(std::string_view partition, std::string_view key, std::string_view value) override {
    TARN_TRY(CheckWrite(traits_, partition, key, value));
    MutexLock lock(*mutex_);
    Put(partition, key, value);
    return Status();
  }

  Status SetIf(std::string_view partition, std::string_view key, std::string_view value,
               const Predicate& predicate) override {
    TARN_TRY(CheckWrite(traits_, partition, key, value));
    MutexLock lock(*mutex_);
    if (!Holds(predicate, Find(partition, key))) return PredicateFailed();
    Put(partition, key, value);
    return Status();
  }

  Status Delete(std::string_view partition, std::string_view key) override {
    TARN_TRY(CheckWrite(traits_, partition, key, {}));
    MutexLock lock(*mutex_);
    Erase(partition, key);
    return Status();
  }

  Status DeleteIf(std::string_view partition, std::string_view key,
                  const Predicate& predicate) override {
    TARN_TRY(CheckWrite(traits_, partition, key, {}));
    MutexLock lock(*mutex_);
    if (!Holds(predicate, Find(partition, key))) return PredicateFailed();
    Erase(partition, key);
    return Status();
  }

  Result<IteratorPtr> Scan(std::string_view partition, std::string_view prefix) override {
    static const auto kNothing = std::make_shared<const Table>();
    TARN_TRY(CheckPartition(traits_, partition));
    MutexLock lock(*mutex_);
    const auto it = partitions_.find(partition);
    std::shared_ptr<const Table> table = it == partitions_.end() ? kNothing : it->second;
    return IteratorPtr(std::make_unique<TableIterator>(mutex_, std::move(table), prefix));
  }

  Status Drop(std::string_view partition, std::string_view prefix) override {
    TARN_TRY(CheckPartition(traits_, partition));
    TARN_TRY(RequireBlocking());
    MutexLock lock(*mutex_);
    const auto it = partitions_.find(partition);
    if (it == partitions_.end()) return Status();
    Table& table = Writable(partition);
    const std::string end = PrefixEnd(prefix);
    table.erase(table.lower_bound(prefix), end.empty() ? table.end() : table.lower_bound(end));
    ForgetIfEmpty(partition);
    return Status();
  }

  Result<std::vector<std::string>> ListPartitions() override {
    MutexLock lock(*mutex_);
    std::vector<std::string> names;
    names.reserve(partitions_.size());
    for (const auto& [name, table] : partitions_) names.push_back(name);
    return names;
  }

 private:
  std::optional<std::string_view> Find(std::string_view partition, std::string_view key) const {
    const auto it = partitions_.find(partition);
    if (it == partitions_.end()) return std::nullopt;
    const auto found = it->second->find(key);
    if (found == it->second->end()) return std::nullopt;
    return found->second;
  }

  // The partition's map, copied if an iterator still holds it.
  Table& Writable(std::string_view partition) {
    auto it = partitions_.find(partition);
    if (it == partitions_.end()) {
      it = partitions_.emplace(partition, std::make_shared<Table>()).first;
    } else if (it->second.use_count() > 1) {
      it->second = std::make_shared<Table>(*it->second);
    }
    return *it->second;
  }

  void Put(std::string_view partition, std::string_view key, std::string_view value) {
    Table& table = Writable(partition);
    const auto found = table.find(key);
    if (found == table.end()) {
      table.emplace(key, value);
    } else {
      found->second = value;
    }
  }

  void Erase(std::string_view partition, std::string_view key) {
    if (!Find(partition, key)) return;
    Table& table = Writable(partition);
    table.erase(table.find(key));
    ForgetIfEmpty(partition);
  }

  void ForgetIfEmpty(std::string_view partition) {
    const auto it = partitions_.find(partition);
    if (it->second->empty()) partitions_.erase(it);
  }

  const Traits traits_ = {};
  const std::shared_ptr<Mutex> mutex_ = std::make_shared<Mutex>();
  std::map<std::string, std::shared_ptr<Table>, std::less<>> partitions_;  // Guarded by *mutex_.
};

}  // namespace

std::unique_ptr<Store> Open() { return std::make_unique<MemStore>(); }

}  // namespace tarn::kv::mem
