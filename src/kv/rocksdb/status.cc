#include "kv/rocksdb/status.h"

#include <fmt/format.h>

namespace tarn::kv::rocks {

Status ToStatus(const ::rocksdb::Status& status, std::string_view action) {
  if (status.ok()) return Status();
  if (status.IsIncomplete()) return Status(Code::kWouldBlock);
  const std::string detail = status.ToString();
  if (status.IsNoSpace()) {
    return Status(Code::kNoSpace,
                  fmt::format("the disk of the metadata database is full: {} failed ({}); free "
                              "some space",
                              action, detail));
  }
  if (status.IsCorruption()) {
    return Status(Code::kCorrupt,
                  fmt::format("the metadata database is damaged: {} failed ({})", action, detail));
  }
  if (status.IsIOError()) {
    return Status(Code::kIo,
                  fmt::format("the metadata database could not {} ({})", action, detail));
  }
  return Status(Code::kInternal, fmt::format("metadata database: {} failed ({})", action, detail));
}

}  // namespace tarn::kv::rocks
