#include "block/remote/page_stream.h"

#include <algorithm>

namespace tarn::block::remote {

Result<ListAnswer> Listing::Fetch(PageRequest asked) const {
  const auto is_abandoned = [this] { return is_closed_ || (stop_ && stop_()); };
  if (is_abandoned()) return Status(Code::kCancelled);
  asked.is_abandoned = is_abandoned;
  return pages_->Fetch(asked);
}

Status OutOfOrder(std::string_view bucket, std::string_view key) {
  return {Code::kIo, "the object store lists bucket " + std::string(bucket) +
                         " out of order, at key " + std::string(key)};
}

Status EmptyPages::Note(bool is_empty, std::string_view bucket) {
  count_ = is_empty ? count_ + 1 : 0;
  if (count_ < kEmptyPagesMax) return {};
  return {Code::kIo, "the object store lists bucket " + std::string(bucket) +
                         " without end: " + std::to_string(count_) + " pages brought nothing"};
}

PageStream::~PageStream() {
  if (task_) task_->Abandon();
}

void PageStream::Begin(ListAnswer first) {
  pages_.push_back(std::move(first));
  NoteEnd();
}

/// Goes on behind the last page.
void PageStream::NoteEnd() {
  continuation_ = pages_.back().continuation;
  is_over_ = continuation_.empty();
  Start();
}

void PageStream::Start() {
  if (!task_ && !is_over_ && listing_->pool() != nullptr && pages_ahead_ > 0) StartTask();
}

Result<std::optional<ListAnswer>> PageStream::Next() {
  if (pages_.empty() && !is_over_) {
    if (!task_) StartTask();
    if (!task_->TryRun()) task_->Wait();
    Pages fetched = std::move(task_->result());
    task_.reset();
    TARN_TRY(fetched.status);
    pages_ = std::move(fetched.answers);
    NoteEnd();
  }
  if (pages_.empty()) return std::optional<ListAnswer>();
  ListAnswer page = std::move(pages_.front());
  pages_.pop_front();
  return std::optional(std::move(page));
}

void PageStream::StartTask() {
  const bool is_ahead = listing_->pool() != nullptr && pages_ahead_ > 0;
  task_ =
      std::make_shared<FetchTask>([listing = listing_, span = span_, continuation = continuation_,
                                   pages_max = is_ahead ? pages_ahead_ : 1] {
        return FetchSome(*listing, span, continuation, pages_max);
      });
  if (!is_ahead) return;
  // A full queue is no failure: the thread that needs the pages fetches them.
  IgnoreError(listing_->pool()->Submit([task = task_] { task->TryRun(); }),
              "Next runs what no worker took");
}

PageStream::Pages PageStream::FetchSome(const Listing& listing, const Span& span,
                                        std::string continuation, int pages_max) {
  Pages pages;
  for (int i = 0; i < pages_max; ++i) {
    auto page = listing.Fetch({span.prefix, span.delimiter, span.after, continuation});
    pages.status = page.ok() ? CutAtEnd(listing, span, &*page) : std::move(page).status();
    if (!pages.status.ok()) return pages;
    continuation = page->continuation;
    pages.answers.push_back(*std::move(page));
    if (continuation.empty()) break;
  }
  return pages;
}

/// Drops what lies behind the end of a span; then the page is the last one.
Status PageStream::CutAtEnd(const Listing& listing, const Span& span, ListAnswer* page) {
  if (span.end.empty()) return {};
  const auto is_inside = [&](const ListedKey& key) { return key.key <= span.end; };
  const auto cut = std::find_if_not(page->keys.begin(), page->keys.end(), is_inside);
  if (cut == page->keys.end()) return {};
  const auto back = std::find_if(cut, page->keys.end(), is_inside);
  if (back != page->keys.end()) return OutOfOrder(listing.bucket(), back->key);
  page->keys.erase(cut, page->keys.end());
  page->continuation.clear();
  return {};
}

}  // namespace tarn::block::remote
