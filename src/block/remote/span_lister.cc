#include "block/remote/span_lister.h"

#include <algorithm>
#include <utility>

#include "block/remote/key_guess.h"

namespace tarn::block::remote {
namespace {

constexpr size_t kSpansMin = 2, kSpansMax = 8;
/// A span that is guessed well takes so many pages, the last of them not quite full.
constexpr int kPagesPerSpan = 4;
constexpr size_t kKeysPerSpan = kPagesPerSpan * kListKeysMax - kListKeysMax / 10;
/// Fewer than this are a sign that the guess was none.
constexpr size_t kKeysOfMiss = kKeysPerSpan / 8;
/// Keys that tell how those behind them are numbered.
constexpr size_t kSampleMin = kListKeysMax / 4;
constexpr int kRestMin = 8, kRestMax = 64;

}  // namespace

SpanLister::SpanLister(std::shared_ptr<Listing> listing, std::string_view prefix,
                       std::string_view after, ListAnswer first)
    : listing_(std::move(listing)),
      prefix_(prefix),
      can_cut_(listing_->pool() != nullptr && first.order == ListOrder::kBytes),
      last_(after),
      spans_max_(kSpansMin),
      pages_to_rest_(kRestMin) {
  spans_.push_back(MakeOpenSpan(last_));
  spans_.front()->Begin(std::move(first));
}

Result<std::vector<ListedKey>> SpanLister::Next() {
  for (;;) {
    TARN_TRY_ASSIGN(auto page, NextPage());
    if (!page) return std::vector<ListedKey>();
    for (const ListedKey& key : page->keys) {
      if (key.key <= last_ || !key.key.starts_with(prefix_)) {
        return OutOfOrder(listing_->bucket(), key.key);
      }
      last_ = key.key;
    }
    TARN_TRY(empty_pages_.Note(page->keys.empty(), listing_->bucket()));
    if (page->keys.empty()) continue;
    const bool is_last = spans_.back()->span().end.empty() && page->continuation.empty();
    if (can_cut_ && !is_last) CutAhead(page->keys);
    return std::move(page->keys);
  }
}

Result<std::optional<ListAnswer>> SpanLister::NextPage() {
  while (!spans_.empty()) {
    TARN_TRY_ASSIGN(auto page, spans_.front()->Next());
    const Span& span = spans_.front()->span();
    if (page) {
      keys_of_span_ += page->keys.size();
      if (span.end.empty()) pages_to_rest_ = std::max(0, pages_to_rest_ - 1);
      return page;
    }
    if (!span.end.empty()) {
      NoteEndOfSpan();
      if (spans_.size() == 1) spans_.push_back(MakeOpenSpan(span.end));
    }
    spans_.pop_front();
    keys_of_span_ = 0;
  }
  return std::optional<ListAnswer>();
}

/// Begins to read spans behind those that are read already.
void SpanLister::CutAhead(const std::vector<ListedKey>& sample) {
  if (pages_to_rest_ > 0 || sample.size() < kSampleMin) return;
  // One without an end is the only one, and what was read of it is given already.
  const bool is_open = spans_.back()->span().end.empty();
  std::string base = is_open ? last_ : spans_.back()->span().end;
  auto guess = GuessKey(prefix_, sample, base, kKeysPerSpan);
  if (!guess && is_open) pages_to_rest_ = kRestMin;
  if (guess && is_open) {
    spans_.clear();
    keys_of_span_ = 0;
  }
  while (guess && spans_.size() < spans_max_) {
    spans_.push_back(MakeSpan(std::move(base), *guess, kPagesPerSpan));
    spans_.back()->Start();
    base = *std::move(guess);
    guess = GuessKey(prefix_, sample, base, kKeysPerSpan);
  }
}

void SpanLister::NoteEndOfSpan() {
  if (keys_of_span_ >= kKeysOfMiss) {
    spans_max_ = std::min(spans_max_ * 2, kSpansMax);
    rest_after_miss_ = 0;
    return;
  }
  spans_max_ = std::max(spans_max_ / 2, kSpansMin);
  rest_after_miss_ = std::clamp(rest_after_miss_ * 2, kRestMin, kRestMax);
  pages_to_rest_ = rest_after_miss_;
}

std::unique_ptr<PageStream> SpanLister::MakeSpan(std::string after, std::string end,
                                                 int pages_ahead) const {
  return std::make_unique<PageStream>(listing_, Span{prefix_, "", std::move(after), std::move(end)},
                                      pages_ahead);
}

/// To the end. One that may be cut after each page has nothing under way then.
std::unique_ptr<PageStream> SpanLister::MakeOpenSpan(std::string after) const {
  return MakeSpan(std::move(after), "", can_cut_ ? 0 : 1);
}

}  // namespace tarn::block::remote
