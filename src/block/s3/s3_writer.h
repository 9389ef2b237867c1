// The writer of S3, in which the store copies large parts of other objects by itself. Level 3; as
// ObjectWriter and block/remote/part_writer.h say.
#pragma once

#include <cstdint>
#include <memory>

#include "block/object_store.h"
#include "block/remote/part_writer.h"
#include "block/s3/multipart.h"

namespace tarn::block::s3 {

/// What writers share; all outlive them.
struct WriterTools {
  Client& client;
  Retrier& retrier;
  const Encryption& encryption;
  http::ByteBudget& budget;  ///< Of the buffers of all.
};

class S3Writer final : public remote::PartWriter {
 public:
  S3Writer(const WriterTools& tools, Location location, const WriteOptions& options);
  Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                int64_t length) override;

 private:
  S3Writer(const WriterTools& tools, std::unique_ptr<MultipartUpload> upload,
           const WriteOptions& options);

  const WriterTools tools_;
  MultipartUpload& upload_;  // the base's
};

}  // namespace tarn::block::s3
