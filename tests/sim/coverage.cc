#include "coverage.h"

#include <cstdio>

namespace tarn::sim {
namespace {

/// For columns of few characters.
constexpr std::array<const char*, kCallKinds> kCallTitles = {"kvr", "kvw", "get",
                                                             "put", "rm",  "hook"};
constexpr std::array<const char*, kTroubles> kTroubleTitles = {"ref",  "lost", "stal", "cut",
                                                               "half", "die<", "die>"};

bool IsPossible(size_t call, size_t trouble) {
  return static_cast<Trouble>(trouble) != Trouble::kHalfDone ||
         static_cast<CallKind>(call) == CallKind::kObjectWrite;
}

template <class Function>
void ForEachColumn(Function&& function) {
  for (size_t call = 0; call < kCallKinds; ++call) {
    for (size_t trouble = 0; trouble < kTroubles; ++trouble) {
      if (IsPossible(call, trouble)) function(call, trouble);
    }
  }
}

std::string Column(const std::string& text) {
  char cell[32];
  std::snprintf(cell, sizeof(cell), " %5s", text.c_str());
  return cell;
}

std::string Number(uint64_t number) {
  constexpr uint64_t kThousand = 1000, kMillion = kThousand * kThousand;
  if (number >= 100 * kMillion) return std::to_string(number / kMillion) + "M";
  if (number >= 100 * kThousand) return std::to_string(number / kThousand) + "k";
  return std::to_string(number);
}

std::string Name(const std::string& verb) {
  char name[32];
  std::snprintf(name, sizeof(name), "%-21s", verb.c_str());
  return name;
}

}  // namespace

void Coverage::Add(const Coverage& other) {
  for (const auto& [verb, from] : other.rows) {
    Row& row = rows[verb];
    row.done += from.done;
    row.failed += from.failed;
    for (size_t call = 0; call < kCallKinds; ++call) {
      row.calls[call] += from.calls[call];
      for (size_t i = 0; i < kTroubles; ++i) row.troubles[call][i] += from.troubles[call][i];
    }
  }
}

uint64_t Coverage::calls() const {
  uint64_t sum = 0;
  for (const auto& [verb, row] : rows) {
    for (const uint64_t calls : row.calls) sum += calls;
  }
  return sum;
}

uint64_t Coverage::operations() const {
  uint64_t sum = 0;
  for (const auto& [verb, row] : rows) sum += row.done + row.failed;
  return sum;
}

size_t Coverage::cells() const {
  size_t count = 0;
  for (const auto& [verb, row] : rows) {
    ForEachColumn([&, &row = row](size_t call, size_t) { count += row.calls[call] != 0 ? 1 : 0; });
  }
  return count;
}

std::vector<Coverage::Cell> Coverage::EmptyCells() const {
  std::vector<Cell> empty;
  for (const auto& [verb, row] : rows) {
    ForEachColumn([&, &verb = verb, &row = row](size_t call, size_t trouble) {
      if (row.calls[call] == 0 || row.troubles[call][trouble] != 0) return;
      empty.push_back({verb, static_cast<CallKind>(call), static_cast<Trouble>(trouble)});
    });
  }
  return empty;
}

std::string Coverage::ToText() const {
  std::string text = Name("") + Column("") + Column("");
  ForEachColumn([&](size_t call, size_t) { text += Column(kCallTitles[call]); });
  text += '\n' + Name("verb") + Column("done") + Column("fail");
  ForEachColumn([&](size_t, size_t trouble) { text += Column(kTroubleTitles[trouble]); });
  text += '\n';
  for (const auto& [verb, row] : rows) {
    const bool is_judged = row.done + row.failed != 0;
    text += Name(verb) + Column(is_judged ? Number(row.done) : "-") +
            Column(is_judged ? Number(row.failed) : "-");
    ForEachColumn([&, &row = row](size_t call, size_t trouble) {
      text += Column(row.calls[call] != 0 ? Number(row.troubles[call][trouble]) : "-");
    });
    text += '\n';
  }
  return text;
}

}  // namespace tarn::sim
