// The pages of one listing in their order, fetched ahead of who reads them where there is a pool
// for that. Level 3; one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "block/remote/page_source.h"
#include "runtime/shared_task.h"
#include "runtime/worker_pool.h"

namespace tarn::block::remote {

/// What all listings of one walk share.
class Listing {
 public:
  /// `stop`: true ends the listing with kCancelled; null: to the end. The pool, if there is one,
  /// outlives the listing.
  Listing(std::unique_ptr<PageSource> pages, std::function<bool()> stop, runtime::WorkerPool* pool)
      : pages_(std::move(pages)), stop_(std::move(stop)), pool_(pool) {}

  Result<ListAnswer> Fetch(PageRequest asked) const;
  std::string_view bucket() const { return pages_->bucket(); }
  runtime::WorkerPool* pool() const { return pool_; }
  /// Nobody wants pages any more: ends what is under way.
  void Close() { is_closed_ = true; }

 private:
  const std::unique_ptr<PageSource> pages_;
  const std::function<bool()> stop_;
  runtime::WorkerPool* const pool_;
  std::atomic<bool> is_closed_ = false;
};

/// kIo: the store's order is not the one that it was trusted to have.
Status OutOfOrder(std::string_view bucket, std::string_view key);

/// Counts pages that bring nothing.
class EmptyPages {
 public:
  /// kIo after too many in a row.
  Status Note(bool is_empty, std::string_view bucket);

 private:
  int count_ = 0;
};

/// What is listed. An end makes sense without a delimiter only.
struct Span {
  std::string prefix, delimiter;
  std::string after;  ///< Only keys larger than this.
  std::string end;    ///< Up to this key, and with it; empty: all.
};

class PageStream {
 public:
  /// `pages_ahead`: so many, at most, are fetched before they are asked for; 0: none.
  PageStream(std::shared_ptr<Listing> listing, Span span, int pages_ahead)
      : listing_(std::move(listing)), span_(std::move(span)), pages_ahead_(pages_ahead) {}
  /// Waits for requests that are under way.
  ~PageStream();
  PageStream(const PageStream&) = delete;
  PageStream& operator=(const PageStream&) = delete;

  /// The first page is known already. Before anything else.
  void Begin(ListAnswer first);
  /// Begins to fetch the first pages, without waiting.
  void Start();
  /// The next page, perhaps an empty one; nothing at the end.
  Result<std::optional<ListAnswer>> Next();

  const Span& span() const { return span_; }

 private:
  struct Pages {
    Status status;
    std::deque<ListAnswer> answers;
  };
  using FetchTask = runtime::SharedTask<Pages>;
  static Pages FetchSome(const Listing& listing, const Span& span, std::string continuation,
                         int pages_max);
  static Status CutAtEnd(const Listing& listing, const Span& span, ListAnswer* page);
  void StartTask();
  void NoteEnd();

  const std::shared_ptr<Listing> listing_;  // shared with tasks in the pool's queue
  const Span span_;
  const int pages_ahead_;
  std::deque<ListAnswer> pages_;     // fetched, and not given yet
  std::shared_ptr<FetchTask> task_;  // fetches what comes after them; null: not begun
  std::string continuation_;         // behind what was fetched
  bool is_over_ = false;
};

}  // namespace tarn::block::remote
