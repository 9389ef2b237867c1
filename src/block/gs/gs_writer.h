// The writer of Google Cloud Storage: what is made of whole objects alone is put together by the
// store. Level 3; as ObjectWriter and block/remote/part_writer.h say.
#pragma once

#include <string>
#include <vector>

#include "block/gs/compose.h"
#include "block/gs/upload.h"
#include "block/object_store.h"
#include "block/remote/part_writer.h"

namespace tarn::block::gs {

class GsWriter final : public remote::PartWriter {
 public:
  GsWriter(const UploadTools& tools, Location location, http::ByteBudget& budget,
           const WriteOptions& options);

  Status Write(std::span<const char> bytes) override;
  Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                int64_t length) override;
  Result<ObjectProperties> Commit() override;

 private:
  Status WriteSources();

  const UploadTools tools_;
  const Location location_;
  const bool create_only_;
  bool has_bytes_ = false;              ///< Written here: it is not composed any more.
  std::vector<ComposeSource> sources_;  ///< Of which it consists so far.
};

}  // namespace tarn::block::gs
