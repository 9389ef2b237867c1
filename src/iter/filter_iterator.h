// Sorted iterators that show part of another one: records that satisfy a predicate, or the keys
// with a prefix.
//
// Level 1; one thread at a time.
#pragma once

#include <string>
#include <utility>

#include "iter/sorted_iterator.h"

namespace tarn {

/// Shows the records for which `keep(key, value)` is true.
template <class V, class Keep>
class FilterIterator final : public AnyIterator<V> {
 public:
  FilterIterator(AnyIteratorPtr<V> source, Keep keep)
      : source_(std::move(source)), keep_(std::move(keep)) {}

  Status Seek(std::string_view target) override {
    TARN_TRY(source_->Seek(target));
    return Settle();
  }
  Status Next() override {
    TARN_TRY(source_->Next());
    return Settle();
  }
  bool Valid() const override { return source_->Valid(); }
  std::string_view key() const override { return source_->key(); }
  const V& value() const override { return source_->value(); }

 private:
  Status Settle() {
    while (source_->Valid() && !keep_(source_->key(), source_->value())) TARN_TRY(source_->Next());
    return {};
  }

  AnyIteratorPtr<V> source_;
  Keep keep_;
};

template <class V, class Keep>
AnyIteratorPtr<V> Filter(AnyIteratorPtr<V> source, Keep keep) {
  return std::make_unique<FilterIterator<V, Keep>>(std::move(source), std::move(keep));
}

/// Shows the keys that start with `prefix`; a Seek before them stands on the first.
template <class V>
class PrefixIterator final : public AnyIterator<V> {
 public:
  PrefixIterator(AnyIteratorPtr<V> source, std::string prefix)
      : source_(std::move(source)), prefix_(std::move(prefix)) {}

  Status Seek(std::string_view target) override {
    return source_->Seek(target < prefix_ ? std::string_view(prefix_) : target);
  }
  Status Next() override { return source_->Next(); }
  bool Valid() const override { return source_->Valid() && source_->key().starts_with(prefix_); }
  std::string_view key() const override { return source_->key(); }
  const V& value() const override { return source_->value(); }

 private:
  AnyIteratorPtr<V> source_;
  std::string prefix_;
};

}  // namespace tarn
