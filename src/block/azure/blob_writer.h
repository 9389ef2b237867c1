// The writer of Azure, in which the service copies large parts of other blobs by itself. Level 3;
// as ObjectWriter and block/remote/part_writer.h say.
#pragma once

#include <cstdint>
#include <memory>

#include "block/azure/block_upload.h"
#include "block/object_store.h"
#include "block/remote/part_writer.h"

namespace tarn::block::azure {

class BlobWriter final : public remote::PartWriter {
 public:
  /// What the tools name and the budget outlive the writer.
  BlobWriter(const UploadTools& tools, Location location, http::ByteBudget& budget,
             const WriteOptions& options);
  Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                int64_t length) override;

 private:
  BlobWriter(const UploadTools& tools, std::unique_ptr<BlockUpload> upload,
             http::ByteBudget& budget, const WriteOptions& options);

  const UploadTools tools_;
  BlockUpload& upload_;  // the base's
};

}  // namespace tarn::block::azure
