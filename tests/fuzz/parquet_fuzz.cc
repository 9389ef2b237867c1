// Any bytes as a Parquet file: rows, or a failure, within the limit on memory.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/parquet_rows.h"

namespace tarn {
namespace {

constexpr size_t kBytesMax = 4 << 20;

void Run(std::string_view file) {
  const Status status =
      ReadParquetRows(file, {.wants = {}, .bytes_max = kBytesMax}, [](const Json& row) {
        TARN_CHECK(row.is_object());
        return Status();
      });
  TARN_CHECK(status.ok() || status.code() == Code::kCorrupt || status.code() == Code::kTooLarge ||
             status.code() == Code::kUnsupported);
}

}  // namespace
}  // namespace tarn

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
