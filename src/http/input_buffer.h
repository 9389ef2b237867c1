// The bytes a connection has received and not yet used. Level 2; one thread at a time.
//
// While a request is served its head stays in place (RequestHead points into it): bytes are only
// added behind, and only NextRequest() and Grow() move them.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/release.h"

namespace tarn::http {

class InputBuffer {
 public:
  static constexpr size_t kUsualBytes = 4096;  ///< A larger buffer is given back.

  std::string_view view() const { return {data_.get() + begin_, end_ - begin_}; }
  size_t size() const { return end_ - begin_; }
  bool empty() const { return begin_ == end_; }
  size_t capacity() const { return capacity_; }
  void Consume(size_t bytes) { begin_ += bytes; }

  /// Free room behind the bytes.
  std::span<char> tail() { return {data_.get() + end_, capacity_ - end_}; }
  void Filled(size_t bytes) { end_ += bytes; }
  /// Makes the whole buffer `capacity` bytes large; moves the bytes.
  void Grow(size_t capacity) {
    auto larger = std::make_unique_for_overwrite<char[]>(capacity);
    if (size() > 0) std::memcpy(larger.get(), data_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
    data_ = std::move(larger);
    capacity_ = capacity;
  }
  /// Bytes read past the end of a body, for the next request.
  void KeepForNext(std::string_view bytes) { next_.append(bytes); }
  /// Makes room behind the bytes by moving them to the front; false if they are there already.
  bool Compact() {
    if (begin_ == 0) return false;
    std::memmove(data_.get(), data_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
    return true;
  }
  /// Ends the life of the head and gives a large buffer back. Moves bytes only when at least as
  /// many were used up, so that a buffer full of small requests is not moved for each of them.
  void NextRequest() {
    if (!next_.empty()) {
      next_.append(view());
      begin_ = end_ = 0;
      if (next_.size() > capacity_) Grow(next_.size());
      std::memcpy(data_.get(), next_.data(), next_.size());
      end_ = next_.size();
      ReleaseMemory(&next_);
    } else if (empty()) {
      begin_ = end_ = 0;
      if (capacity_ != kUsualBytes) Grow(kUsualBytes);
    } else if (begin_ >= size()) {
      Compact();
    }
  }

 private:
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;
  std::string next_;
};

}  // namespace tarn::http
