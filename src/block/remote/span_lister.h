// Keys of a store that lists all of them in byte order. Level 3; one thread at a time.
//
// Where that order is certain and there is a pool, the listing is cut at guessed keys and read in
// parallel: twice as many spans at a time as long as the guesses are good, up to a limit. In the
// beginning, and after guesses that were none, pages are read one after the other for a while, so
// that a short listing, or one whose keys tell nothing, is asked for hardly more often than
// without.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "block/remote/key_lister.h"
#include "block/remote/page_stream.h"

namespace tarn::block::remote {

class SpanLister final : public KeyLister {
 public:
  /// `first`: the first page after `after`.
  SpanLister(std::shared_ptr<Listing> listing, std::string_view prefix, std::string_view after,
             ListAnswer first);
  ~SpanLister() override { listing_->Close(); }
  Result<std::vector<ListedKey>> Next() override;

 private:
  Result<std::optional<ListAnswer>> NextPage();
  void CutAhead(const std::vector<ListedKey>& sample);
  void NoteEndOfSpan();
  std::unique_ptr<PageStream> MakeSpan(std::string after, std::string end, int pages_ahead) const;
  std::unique_ptr<PageStream> MakeOpenSpan(std::string after) const;

  const std::shared_ptr<Listing> listing_;  // shared with the spans
  const std::string prefix_;
  const bool can_cut_;
  std::string last_;
  std::deque<std::unique_ptr<PageStream>> spans_;  // each goes on where the one before it ends
  size_t keys_of_span_ = 0;                        // so far, of the front one
  size_t spans_max_;
  int pages_to_rest_;  // that are read before the next guess
  int rest_after_miss_ = 0;
  EmptyPages empty_pages_;
};

}  // namespace tarn::block::remote
