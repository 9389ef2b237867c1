#include "block/remote/key_guess.h"

#include <algorithm>
#include <array>

namespace tarn::block::remote {
namespace {

/// The digits that keys count with, in ascending order of their bytes.
constexpr std::array<std::string_view, 5> kAlphabets = {
    "0123456789", "0123456789ABCDEF", "0123456789abcdef", "0123456789abcdefghijklmnopqrstuvwxyz",
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"};
/// Characters behind the first that differs, which tell the alphabet.
constexpr size_t kSampled = 4;
/// Of a number that a double holds exactly, and of those of its digits that may change by a carry.
constexpr uint64_t kValuesMax = uint64_t{1} << 48, kCarriedMax = uint64_t{1} << 24;

bool Has(std::string_view alphabet, char c) { return alphabet.find(c) != std::string_view::npos; }

size_t CommonPrefix(std::string_view a, std::string_view b) {
  return static_cast<size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first -
                             a.begin());
}

/// The smallest alphabet of the characters from there on, up to what belongs to none.
std::string_view AlphabetOf(const std::vector<ListedKey>& sample, size_t from) {
  for (const std::string_view alphabet : kAlphabets) {
    const auto fits = [&](const ListedKey& key) {
      for (size_t at = from; at < std::min(from + kSampled, key.key.size()); ++at) {
        if (!Has(kAlphabets.back(), key.key[at])) return true;
        if (!Has(alphabet, key.key[at])) return false;
      }
      return true;
    };
    if (std::all_of(sample.begin(), sample.end(), fits)) return alphabet;
  }
  return {};
}

/// A stretch of the keys as numbers.
class Window {
 public:
  Window(std::string_view alphabet, size_t begin, size_t varies)
      : alphabet_(alphabet), begin_(begin) {
    const size_t before = varies - begin;
    for (size_t i = 0; i < before || values_ * alphabet.size() < kValuesMax; ++i) {
      values_ *= alphabet.size();
      ++digits_;
    }
  }

  uint64_t ValueOf(std::string_view key) const {
    uint64_t value = 0;
    bool is_over = false;
    for (size_t at = begin_; at < begin_ + digits_; ++at) {
      is_over = is_over || at >= key.size() || !Has(alphabet_, key[at]);
      value = value * alphabet_.size() + (is_over ? 0 : alphabet_.find(key[at]));
    }
    return value;
  }
  uint64_t values() const { return values_; }
  std::string TextOf(uint64_t value) const {
    std::string text(digits_, alphabet_.front());
    for (size_t i = digits_; i-- > 0; value /= alphabet_.size()) {
      text[i] = alphabet_[value % alphabet_.size()];
    }
    return text;
  }

 private:
  const std::string_view alphabet_;
  const size_t begin_;
  size_t digits_ = 0;
  uint64_t values_ = 1;  // that so many digits have
};

/// Digits before the first that differs, which may change next.
size_t BeginOfNumber(std::string_view key, std::string_view alphabet, size_t varies, size_t from) {
  size_t begin = varies;
  uint64_t values = alphabet.size();
  while (begin > from && Has(alphabet, key[begin - 1]) && values * alphabet.size() < kCarriedMax) {
    values *= alphabet.size();
    --begin;
  }
  return begin;
}

}  // namespace

std::optional<std::string> GuessKey(std::string_view prefix, const std::vector<ListedKey>& sample,
                                    std::string_view base, uint64_t distance) {
  if (sample.size() < 2) return std::nullopt;
  const std::string& first = sample.front().key;
  const std::string& last = sample.back().key;
  const size_t varies = CommonPrefix(first, last);
  if (varies < prefix.size() || varies >= first.size()) return std::nullopt;
  const std::string_view alphabet = AlphabetOf(sample, varies);
  if (alphabet.empty() || !Has(alphabet, first[varies]) || !Has(alphabet, last[varies])) {
    return std::nullopt;
  }
  const size_t begin = BeginOfNumber(last, alphabet, varies, prefix.size());
  if (CommonPrefix(base, last) < begin) return std::nullopt;
  const Window window(alphabet, begin, varies);
  const uint64_t sampled = window.ValueOf(last) - window.ValueOf(first);
  const double step =
      static_cast<double>(sampled) * static_cast<double>(distance) / double(sample.size() - 1);
  const double next = static_cast<double>(window.ValueOf(base)) + step;
  if (step < 1 || next >= static_cast<double>(window.values())) return std::nullopt;
  std::string guess = last.substr(0, begin).append(window.TextOf(static_cast<uint64_t>(next)));
  if (guess <= base) return std::nullopt;
  return guess;
}

}  // namespace tarn::block::remote
