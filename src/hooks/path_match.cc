#include "hooks/path_match.h"

#include <cstdint>
#include <utility>
#include <vector>

#include "codec/utf8.h"

namespace tarn::hooks {
namespace {

/// One element of a pattern: a run of any text, or what one character must be.
struct Element {
  enum class Kind : uint8_t { kAnyText, kAnyCharacter, kOneOf, kNoneOf };
  Kind kind = Kind::kOneOf;
  std::vector<std::pair<uint32_t, uint32_t>> ranges = {};

  bool Fits(uint32_t character) const {
    if (kind == Kind::kAnyCharacter) return character != '/';
    bool within = false;
    for (const auto& [low, high] : ranges)
      within = within || (low <= character && character <= high);
    return within == (kind == Kind::kOneOf);
  }
};

class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : rest_(pattern) {}

  Result<std::vector<Element>> Read() {
    std::vector<Element> elements;
    while (!rest_.empty()) {
      switch (rest_.front()) {
        case '*':
          rest_.remove_prefix(1);
          elements.push_back({Element::Kind::kAnyText});
          break;
        case '?':
          rest_.remove_prefix(1);
          elements.push_back({Element::Kind::kAnyCharacter});
          break;
        case '[': {
          TARN_TRY_ASSIGN(Element set, ReadSet());
          elements.push_back(std::move(set));
          break;
        }
        default: {
          TARN_TRY_ASSIGN(const uint32_t character, ReadCharacter());
          elements.push_back({Element::Kind::kOneOf, {{character, character}}});
        }
      }
    }
    return elements;
  }

 private:
  static Status Bad() { return {Code::kInternal, "syntax error in pattern"}; }

  Result<uint32_t> ReadCharacter() {
    if (rest_.starts_with('\\')) rest_.remove_prefix(1);
    if (rest_.empty()) return Bad();
    const Rune rune = FirstRune(rest_);
    rest_.remove_prefix(rune.length);
    return rune.value;
  }

  Result<uint32_t> ReadMember() {
    if (rest_.empty() || rest_.front() == '-' || rest_.front() == ']') return Bad();
    if (rest_.front() != '\\' && !FirstRune(rest_).valid) return Bad();
    return ReadCharacter();
  }

  Result<Element> ReadSet() {
    rest_.remove_prefix(1);
    Element set;
    if (rest_.starts_with('^')) {
      set.kind = Element::Kind::kNoneOf;
      rest_.remove_prefix(1);
    }
    while (set.ranges.empty() || !rest_.starts_with(']')) {
      TARN_TRY_ASSIGN(const uint32_t low, ReadMember());
      uint32_t high = low;
      if (rest_.starts_with('-')) {
        rest_.remove_prefix(1);
        TARN_TRY_ASSIGN(high, ReadMember());
      }
      set.ranges.emplace_back(low, high);
    }
    rest_.remove_prefix(1);
    return set;
  }

  std::string_view rest_;
};

}  // namespace

Result<bool> PathMatches(std::string_view pattern, std::string_view text) {
  TARN_TRY_ASSIGN(const std::vector<Element> elements, PatternReader(pattern).Read());
  // Where the last run of any text may be made longer, when what follows does not fit.
  size_t element = 0, run = elements.size();
  std::string_view after_run;
  while (!text.empty() || element < elements.size()) {
    if (element < elements.size() && elements[element].kind == Element::Kind::kAnyText) {
      run = element++;
      after_run = text;
      continue;
    }
    if (element < elements.size() && !text.empty()) {
      const Rune rune = FirstRune(text);
      if (elements[element].Fits(rune.value)) {
        ++element;
        text.remove_prefix(rune.length);
        continue;
      }
    }
    if (run == elements.size() || after_run.empty() || after_run.front() == '/') return false;
    after_run.remove_prefix(FirstRune(after_run).length);
    text = after_run;
    element = run + 1;
  }
  return true;
}

}  // namespace tarn::hooks
