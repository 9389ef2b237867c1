// Module `regexp`: expressions of RE2, which take linear time. A compiled one is remembered by the
// Host, not by the table that a script gets: that knows its pattern only.
#include <re2/re2.h>

#include "codec/utf8.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kPieceBytes = 96;

using Groups = std::vector<re2::StringPiece>;

Result<const re2::RE2*> Compiled(Call& call) { return call.host().Regexp(call.Captured(0)); }

Json GroupsList(const Groups& groups) {
  Json::Array list;
  for (const auto& group : groups) list.emplace_back(std::string_view(group.data(), group.size()));
  return Json(std::move(list));
}

/// Calls `take` with the groups of each match from left to right, at most `count_max` times if that
/// is not negative. An empty match right behind another one does not count.
template <class Take>
Status EachMatch(Call& call, const re2::RE2& regexp, std::string_view text, int64_t count_max,
                 int group_count, Take take) {
  const re2::StringPiece all(text.data(), text.size());
  Groups groups(static_cast<size_t>(group_count));
  const char* previous_end = nullptr;
  size_t from = 0;
  for (int64_t count = 0; from <= text.size() && (count_max < 0 || count < count_max);) {
    if (call.host().MustStop()) break;
    if (!regexp.Match(all, from, text.size(), re2::RE2::UNANCHORED, groups.data(), group_count)) {
      break;
    }
    const char* const begin = groups[0].data();
    const char* const end = begin + groups[0].size();
    const bool is_empty_behind = begin == end && begin == previous_end;
    if (end == text.data() + from) {
      from += from < text.size() ? FirstRune(text.substr(from)).length : 1;
    } else {
      from = static_cast<size_t>(end - text.data());
    }
    previous_end = end;
    if (is_empty_behind) continue;
    TARN_TRY(take(groups));
    ++count;
  }
  return {};
}

Status FindAll(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const int64_t count_max, call.Integer(2));
  TARN_TRY_ASSIGN(const re2::RE2* const regexp, Compiled(call));
  Json::Array all;
  TARN_TRY(EachMatch(call, *regexp, text, count_max, 1, [&](const Groups& groups) -> Status {
    all.emplace_back(std::string_view(groups[0].data(), groups[0].size()));
    return call.Allow(all.size() * kPieceBytes);
  }));
  call.Return(Json(std::move(all)));
  return {};
}

Status FindAllSubmatch(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const int64_t count_max, call.Integer(2));
  TARN_TRY_ASSIGN(const re2::RE2* const regexp, Compiled(call));
  const int group_count = regexp->NumberOfCapturingGroups() + 1;
  Json::Array all;
  TARN_TRY(
      EachMatch(call, *regexp, text, count_max, group_count, [&](const Groups& groups) -> Status {
        all.push_back(GroupsList(groups));
        return call.Allow(all.size() * groups.size() * kPieceBytes);
      }));
  call.Return(Json(std::move(all)));
  return {};
}

/// The groups of the first match; none without a match.
Result<Groups> First(Call& call, int group_count) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const re2::RE2* const regexp, Compiled(call));
  if (group_count == 0) group_count = regexp->NumberOfCapturingGroups() + 1;
  Groups found;
  TARN_TRY(EachMatch(call, *regexp, text, 1, group_count, [&](const Groups& groups) -> Status {
    found = groups;
    return {};
  }));
  return found;
}

Status Find(Call& call) {
  TARN_TRY_ASSIGN(const Groups groups, First(call, 1));
  call.ReturnText(groups.empty() ? std::string_view()
                                 : std::string_view(groups[0].data(), groups[0].size()));
  return {};
}

Status FindSubmatch(Call& call) {
  TARN_TRY_ASSIGN(const Groups groups, First(call, 0));
  call.Return(GroupsList(groups));
  return {};
}

constexpr Function kCompiled[] = {
    {"find", Native<Find>},
    {"find_all", Native<FindAll>},
    {"find_all_submatch", Native<FindAllSubmatch>},
    {"find_submatch", Native<FindSubmatch>},
};

Status Compile(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view pattern, call.Text(1));
  TARN_TRY(call.host().Regexp(pattern));
  call.ReturnFunctions(kCompiled, {std::string(pattern)});
  return {};
}

Status Match(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view pattern, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(2));
  TARN_TRY_ASSIGN(const re2::RE2* const regexp, call.host().Regexp(pattern));
  call.Return(re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regexp));
  return {};
}

Status QuoteMeta(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  constexpr std::string_view kSpecial = "\\.+*?()|[]{}^$";
  std::string out;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) out.push_back('\\');
    out.push_back(c);
  }
  call.Return(std::move(out));
  return {};
}

constexpr Function kFunctions[] = {
    {"compile", Native<Compile>}, {"match", Native<Match>}, {"quote_meta", Native<QuoteMeta>}};

}  // namespace

std::span<const Function> RegexpModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
