// Takes the bytes of a new object: a small one is stored with one request, a larger one in parts,
// each sent again from its buffer while that can help. Memory is that of one part, counted in a
// budget: a write is kSlowDown when that has no room. Level 3; one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "block/object_store.h"
#include "block/s3/multipart.h"
#include "http/byte_budget.h"

namespace tarn::block::s3 {

/// What writers share; all outlive them.
struct WriterTools {
  Client& client;
  Retrier& retrier;
  const Encryption& encryption;
  http::ByteBudget& budget;  ///< Of the buffers of all.
};

class S3Writer final : public ObjectWriter {
 public:
  S3Writer(const WriterTools& tools, Location location, const WriteOptions& options);

  Status Write(std::span<const char> bytes) override;
  Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                int64_t length) override;
  Result<ObjectProperties> Commit() override;

 private:
  Status SendPart();
  Status MakeRoom(size_t bytes);
  size_t PartBytes() const;

  const WriterTools tools_;
  const Location location_;
  const WriteOptions options_;
  MultipartUpload upload_;
  http::BudgetLease lease_;  ///< Of the buffer.
  std::string buffer_;       ///< Of the next part.
  bool is_committed_ = false;
};

}  // namespace tarn::block::s3
