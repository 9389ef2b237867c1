// Takes the bytes of a new object: a small one is stored with one request, a larger one in parts,
// each sent again from its buffer while that can help. Memory is that of one part, counted in a
// budget: a write is kSlowDown when that has no room. What a driver adds is PartUpload. Level 3;
// one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "block/object_io.h"
#include "http/byte_budget.h"

namespace tarn::block::remote {

/// How a driver stores an object. Every call is made again inside while that can help: the bytes
/// are the caller's until it comes back. Destroying one that was begun and not completed ends it
/// without an object.
class PartUpload {
 public:
  virtual ~PartUpload() = default;
  /// Stores all bytes of an object that was not begun. kAlreadyExists if it was to be new.
  virtual Result<ObjectProperties> Put(std::string_view bytes, bool create_only) = 0;

  virtual bool has_begun() const = 0;
  virtual int part_count() const = 0;
  virtual Status Begin(bool create_only) = 0;
  /// REQUIRES has_begun() and bytes.
  virtual Status AddPart(std::string_view bytes) = 0;
  /// Makes the object, whose last bytes these are; perhaps none. kAlreadyExists if it was to be
  /// new.
  virtual Result<ObjectProperties> Complete(std::string_view rest, bool create_only) = 0;
};

/// What a store wants of parts.
struct PartRules {
  int64_t parts_max = 10'000;
  int64_t unit_bytes = 1;  ///< All parts but the last are multiples of it; divides 8 MiB.
};

class PartWriter : public ObjectWriter {
 public:
  /// The budget, of the buffers of all writers of a store, outlives it.
  PartWriter(std::unique_ptr<PartUpload> upload, const PartRules& rules, http::ByteBudget& budget,
             const WriteOptions& options);

  Status Write(std::span<const char> bytes) override;
  Result<ObjectProperties> Commit() override;

 protected:
  // For drivers whose stores copy parts by themselves.
  PartUpload& upload() { return *upload_; }
  int64_t buffered_bytes() const { return static_cast<int64_t>(buffer_.size()); }
  /// Begins the upload if need be and sends what is in the buffer, if anything, as a part.
  Status Flush();

 private:
  Status MakeRoom(size_t bytes);
  size_t PartBytes() const;

  const std::unique_ptr<PartUpload> upload_;
  const PartRules rules_;
  const WriteOptions options_;
  http::BudgetLease lease_;  ///< Of the buffer.
  std::string buffer_;       ///< Of the next part.
  bool is_committed_ = false;
};

}  // namespace tarn::block::remote
