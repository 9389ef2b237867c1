// K-way merge of sorted iterators with fixed precedence: where several sources hold a key, the
// source given first wins and the others are passed over.
//
// A binary heap of the sources, ordered by (key, position in the list), so a step costs
// O(log sources) comparisons. Level 1; one thread at a time.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "iter/sorted_iterator.h"

namespace tarn {

template <class V>
class MergeIterator final : public AnyIterator<V> {
 public:
  /// `sources` in order of precedence, strongest first.
  explicit MergeIterator(std::vector<AnyIteratorPtr<V>> sources) : sources_(std::move(sources)) {}

  Status Seek(std::string_view target) override {
    heap_.clear();
    for (size_t i = 0; i < sources_.size(); ++i) {
      Status moved = sources_[i]->Seek(target);
      if (!moved.ok()) return Fail(std::move(moved));
      if (sources_[i]->Valid()) heap_.push_back(i);
    }
    std::make_heap(heap_.begin(), heap_.end(), After{sources_});
    return {};
  }

  Status Next() override {
    // The current key is copied because advancing its source ends the borrowed view.
    passed_.assign(key());
    do {
      std::pop_heap(heap_.begin(), heap_.end(), After{sources_});
      AnyIterator<V>& source = *sources_[heap_.back()];
      Status moved = source.Next();
      if (!moved.ok()) return Fail(std::move(moved));
      if (source.Valid()) {
        std::push_heap(heap_.begin(), heap_.end(), After{sources_});
      } else {
        heap_.pop_back();
      }
    } while (Valid() && key() == passed_);
    return {};
  }

  bool Valid() const override { return !heap_.empty(); }
  std::string_view key() const override { return sources_[heap_.front()]->key(); }
  const V& value() const override { return sources_[heap_.front()]->value(); }

 private:
  struct After {
    const std::vector<AnyIteratorPtr<V>>& sources;
    bool operator()(size_t a, size_t b) const {
      int order = sources[a]->key().compare(sources[b]->key());
      return order != 0 ? order > 0 : a > b;
    }
  };

  Status Fail(Status status) {
    heap_.clear();
    return status;
  }

  std::vector<AnyIteratorPtr<V>> sources_;
  std::vector<size_t> heap_;  // positions of the valid sources; the winner in front
  std::string passed_;
};

}  // namespace tarn
