#include "coverage.h"

#include <cstdio>

namespace tarn::sim {
namespace {

constexpr std::array<const char*, kTroubles> kTitles = {"refused", "lost",  "stalled", "cut off",
                                                        "half",    "died<", "died>"};
constexpr std::array<const char*, kStoreKinds> kStoreTitles = {"kv", "obj"};

bool IsPossible(int store, int trouble) {
  return static_cast<Trouble>(trouble) != Trouble::kHalfDone ||
         static_cast<StoreKind>(store) == StoreKind::kObjects;
}

std::string Cell(const std::string& text) {
  char cell[32];
  std::snprintf(cell, sizeof(cell), " %11s", text.c_str());
  return cell;
}

template <class Function>
void ForEachColumn(Function&& function) {
  for (int store = 0; store < kStoreKinds; ++store) {
    for (int trouble = 0; trouble < kTroubles; ++trouble) {
      if (IsPossible(store, trouble)) function(store, trouble);
    }
  }
}

}  // namespace

void Coverage::Add(const Coverage& other) {
  for (const auto& [verb, from] : other.rows) {
    Row& row = rows[verb];
    row.done += from.done;
    row.failed += from.failed;
    for (size_t store = 0; store < kStoreKinds; ++store) {
      row.calls[store] += from.calls[store];
      for (size_t i = 0; i < kTroubles; ++i) row.troubles[store][i] += from.troubles[store][i];
    }
  }
}

uint64_t Coverage::calls() const {
  uint64_t sum = 0;
  for (const auto& [verb, row] : rows) sum += row.calls[0] + row.calls[1];
  return sum;
}

std::string Coverage::ToText() const {
  char name[32];
  std::snprintf(name, sizeof(name), "%-18s", "verb");
  std::string text = name + Cell("done") + Cell("failed");
  ForEachColumn([&](size_t store, size_t trouble) {
    text += Cell(std::string(kStoreTitles[store]) + " " + kTitles[trouble]);
  });
  text += '\n';
  for (const auto& [verb, row] : rows) {
    std::snprintf(name, sizeof(name), "%-18s", verb.c_str());
    text += name + Cell(std::to_string(row.done)) + Cell(std::to_string(row.failed));
    ForEachColumn([&, &row = row](size_t store, size_t trouble) {
      const bool any = row.calls[store] != 0;
      text += Cell(any ? std::to_string(row.troubles[store][trouble]) : "-");
    });
    text += '\n';
  }
  return text;
}

}  // namespace tarn::sim
