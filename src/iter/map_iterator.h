// A sorted iterator over records held in memory: small sorted inputs, and models in tests.
//
// Level 1; one thread at a time.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "iter/sorted_iterator.h"

namespace tarn {

/// Owns its records. `Stored` is V itself, or an owning type whose view() is a V.
template <class V, class Stored = V>
class MapIterator final : public AnyIterator<V> {
 public:
  using Records = std::map<std::string, Stored, std::less<>>;
  explicit MapIterator(Records records) : records_(std::move(records)), at_(records_.end()) {}
  MapIterator(const MapIterator&) = delete;
  MapIterator& operator=(const MapIterator&) = delete;

  Status Seek(std::string_view target) override {
    at_ = records_.lower_bound(target);
    return Settle();
  }
  Status Next() override {
    ++at_;
    return Settle();
  }
  bool Valid() const override { return at_ != records_.end(); }
  std::string_view key() const override { return at_->first; }
  const V& value() const override { return value_; }

 private:
  Status Settle() {
    if (!Valid()) return {};
    if constexpr (requires { at_->second.view(); }) {
      value_ = at_->second.view();
    } else {
      value_ = at_->second;
    }
    return {};
  }

  Records records_;
  typename Records::const_iterator at_;
  V value_{};
};

}  // namespace tarn
