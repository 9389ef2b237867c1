// Module `strings`.
#include <algorithm>

#include "codec/utf8.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kPieceBytes = 96;  ///< About what a piece takes besides its text.

bool IsSpace(uint32_t c) {
  return (c >= 0x09 && c <= 0x0d) || c == ' ' || c == 0x85 || c == 0xa0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

/// Begins of the places where `part` is found; an empty one is found before each character and at
/// the end. At most `count_max`.
std::vector<size_t> Places(Call& call, std::string_view text, std::string_view part,
                           size_t count_max) {
  std::vector<size_t> places;
  size_t from = 0;
  while (places.size() < count_max && !call.host().MustStop()) {
    const size_t found = Host::FindPart(text, part, from);
    if (found == std::string_view::npos) break;
    places.push_back(found);
    if (part.empty() && found == text.size()) break;
    from = found + (part.empty() ? FirstRune(text.substr(found)).length : part.size());
  }
  return places;
}

Status Split(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view separator, call.Text(2));
  const size_t places_max = call.host().script().limits.memory_bytes / kPieceBytes + 1;
  const std::vector<size_t> places =
      Places(call, text, separator, std::min(text.size(), places_max));
  TARN_TRY(call.Allow(places.size() * kPieceBytes));
  Json::Array pieces;
  size_t begin = 0;
  if (separator.empty()) {  // Into characters: the first place is the text's begin.
    for (size_t i = 0; i < places.size() && places[i] < text.size(); ++i) {
      const size_t end = i + 1 < places.size() ? places[i + 1] : text.size();
      pieces.emplace_back(text.substr(places[i], end - places[i]));
    }
  } else {
    for (const size_t place : places) {
      pieces.emplace_back(text.substr(begin, place - begin));
      begin = place + separator.size();
    }
    pieces.emplace_back(text.substr(begin));
  }
  call.Return(Json(std::move(pieces)));
  return {};
}

Status TrimSpace(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  size_t begin = text.size(), end = 0;
  for (size_t i = 0; i < text.size();) {
    const Rune rune = FirstRune(text.substr(i));
    if (!rune.valid || !IsSpace(rune.value)) {
      begin = std::min(begin, i);
      end = i + rune.length;
    }
    i += rune.length;
  }
  call.ReturnText(begin < end ? text.substr(begin, end - begin) : std::string_view());
  return {};
}

Status Replace(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view before, call.Text(2));
  TARN_TRY_ASSIGN(const std::string_view after, call.Text(3));
  TARN_TRY_ASSIGN(const int64_t count, call.Integer(4));
  const size_t bytes_max = call.host().script().limits.memory_bytes;
  const size_t places_max = bytes_max / std::max(after.size(), sizeof(size_t)) + 1;
  const std::vector<size_t> places =
      Places(call, text, before,
             count < 0 ? places_max : std::min(static_cast<size_t>(count), places_max));
  if (places.size() == places_max) return {Code::kTooLarge, "not enough memory"};
  TARN_TRY(call.Allow(text.size() + places.size() * after.size()));
  std::string out;
  size_t from = 0;
  for (const size_t place : places) {
    out.append(text.substr(from, place - from)).append(after);
    from = place + before.size();
  }
  out.append(text.substr(from));
  call.Return(std::move(out));
  return {};
}

template <bool (*kTest)(std::string_view, std::string_view)>
Status Test(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view part, call.Text(2));
  call.Return(kTest(text, part));
  return {};
}

bool HasPrefix(std::string_view text, std::string_view part) { return text.starts_with(part); }
bool HasSuffix(std::string_view text, std::string_view part) { return text.ends_with(part); }
bool Contains(std::string_view text, std::string_view part) {
  return Host::FindPart(text, part, 0) != std::string_view::npos;
}

constexpr Function kFunctions[] = {
    {"contains", Native<Test<Contains>>},
    {"has_prefix", Native<Test<HasPrefix>>},
    {"has_suffix", Native<Test<HasSuffix>>},
    {"replace", Native<Replace>},
    {"split", Native<Split>},
    {"trim", Native<TrimSpace>},
};

}  // namespace

std::span<const Function> StringsModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
