// A table in memory, read like one in a store. Level 4; one thread at a time.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

#include "block/object_io.h"

namespace tarn::sst {

class BytesReader final : public block::ObjectReader {
 public:
  /// Borrows the bytes.
  explicit BytesReader(std::string_view bytes) : bytes_(bytes) {}
  block::ObjectProperties properties() const override {
    return {.size = static_cast<int64_t>(bytes_.size())};
  }
  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    const auto start = std::min(static_cast<size_t>(offset), bytes_.size());
    return bytes_.copy(out.data(), out.size(), start);
  }

 private:
  std::string_view bytes_;  // Of whoever made the reader.
};

}  // namespace tarn::sst
