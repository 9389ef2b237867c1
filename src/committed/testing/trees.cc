#include "committed/testing/trees.h"

#include <cstdlib>

namespace tarn::committed {

MetarangeId Trees::Write(const Model& model) {
  MapIterator<ValueView, Value> records(model);
  return Must(store.WriteTree(ns, records));
}

Result<ApplyResult> Trees::ApplyAll(const MetarangeId& base, const Model& changes) {
  MapIterator<ValueView, Value> records(changes);
  return store.Apply(ns, base, records);
}

Model Trees::Read(const MetarangeId& tree) {
  Model model;
  auto it = Must(store.Iterate(ns, tree));
  Status status = it->Seek({});
  while (status.ok() && it->Valid()) {
    Value value{std::string(it->value().identity), std::string(it->value().data)};
    EXPECT_TRUE(model.emplace(it->key(), std::move(value)).second);
    status = it->Next();
  }
  EXPECT_TRUE(status.ok()) << status.ToString();
  return model;
}

std::string RandomTrees::Key() {
  static constexpr std::string_view kFolders[] = {"", "a/", "a/b/", "ab", "b/", "m/", "\xff"};
  std::string key(kFolders[Below(std::size(kFolders))]);
  return key + std::to_string(Below(40));
}

Value RandomTrees::AnyValue() {
  return {"identity-" + std::to_string(Below(4)), "data-" + std::to_string(Below(1000))};
}

Model RandomTrees::Tree(size_t records_max) {
  Model model;
  for (size_t n = Below(records_max + 1); n > 0; --n) model[Key()] = AnyValue();
  return model;
}

Model RandomTrees::Changes(const Model& base, size_t changes_max) {
  Model changes;
  auto near = base.lower_bound(Key());
  const bool local = Below(2) == 0;
  for (size_t n = Below(changes_max + 1); n > 0; --n) {
    std::string key = Key();
    if (local && near != base.end()) key = (near++)->first;
    switch (Below(4)) {
      case 0:
        changes[key] = Value();
        break;
      case 1:  // the same identity with other data is no change
        changes[key] = base.contains(key) ? Value{base.at(key).identity, "other"} : AnyValue();
        break;
      default:
        changes[key] = AnyValue();
    }
  }
  return changes;
}

Model Changed(Model base, const Model& changes) {
  for (const auto& [key, value] : changes) {
    if (value.identity.empty()) {
      base.erase(key);
      continue;
    }
    auto [at, added] = base.try_emplace(key, value);
    if (!added && at->second.identity != value.identity) at->second = value;
  }
  return base;
}

uint64_t NewSeed() {
  const char* given = std::getenv("TARN_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

}  // namespace tarn::committed
