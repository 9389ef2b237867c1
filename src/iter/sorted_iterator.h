// The one iterator contract of Tarn: staging, ranges, refs, diffs and KV scans all speak it.
//
// Keys strictly ascend in unsigned byte order; forward only; one thread at a time. Seek must be
// called before anything else. Errors come back from the call that moved; after one, only Seek or
// destruction is allowed. Views are borrowed until the next Seek or Next. Level 1.
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

template <class It>
concept SortedIterator = requires(It& it, const It& cit, std::string_view target) {
  { it.Seek(target) } -> std::same_as<Status>;  // first key >= target
  { it.Next() } -> std::same_as<Status>;        // requires Valid()
  { cit.Valid() } -> std::same_as<bool>;        // false at the end and after any error
  { cit.key() } -> std::convertible_to<std::string_view>;
  {cit.value()};
};

/// The contract behind a pointer, for use across modules.
template <class V>
class AnyIterator {
 public:
  using value_type = V;
  virtual ~AnyIterator() = default;
  virtual Status Seek(std::string_view target) = 0;
  virtual Status Next() = 0;
  virtual bool Valid() const = 0;
  virtual std::string_view key() const = 0;
  virtual const V& value() const = 0;
};

template <class V>
using AnyIteratorPtr = std::unique_ptr<AnyIterator<V>>;

/// Smallest key that is greater than every key with `prefix`; empty when there is none (the prefix
/// is empty or all 0xff), which means: no upper bound.
std::string PrefixEnd(std::string_view prefix);

}  // namespace tarn
