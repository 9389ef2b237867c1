// What a commit into a range costs without reuse: each range of a tree is read, written record by
// record with one record added, and stored durably. Prints the median in milliseconds.
//
//   rewrite_floor OBJECTS_ROOT STORAGE_NAMESPACE METARANGE_ID
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <vector>

#include "base/clock.h"
#include "block/local/local_store.h"
#include "committed/store.h"
#include "sst/table_store.h"

namespace tarn {
namespace {

Status RewriteRange(sst::TableStore& tables, const StorageNamespace& ns,
                    const committed::RangeInfo& range) {
  TARN_TRY_ASSIGN(auto it, tables.Iterate(ns, range.id.view()));
  sst::TableWriter writer(sst::TableType::kRange);
  TARN_TRY(it->Seek({}));
  for (uint64_t i = 0; it->Valid(); ++i) {
    TARN_TRY(writer.Add(it->key(), it->value()));
    if (i == range.count / 2) TARN_TRY(writer.Add(std::string(it->key()) + '\x01', it->value()));
    TARN_TRY(it->Next());
  }
  TARN_TRY_ASSIGN(const sst::Table table, writer.Finish());
  return tables.Write(ns, table);
}

Result<double> MedianMs(const char* root, const StorageNamespace& ns, const MetarangeId& tree) {
  block::LocalStoreOptions options;
  options.root = root;
  TARN_TRY_ASSIGN(const auto objects, block::LocalStore::Open(options, SystemClock()));
  sst::TableStore tables(*objects, {});
  committed::Store store(tables, {});
  TARN_TRY_ASSIGN(const auto ranges, store.Ranges(ns, tree));
  std::vector<double> times;
  for (const auto& range : ranges) {
    const auto start = std::chrono::steady_clock::now();
    TARN_TRY(RewriteRange(tables, ns, range));
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  if (times.empty()) return Status(Code::kInvalidRequest, "the tree has no ranges");
  std::nth_element(times.begin(), times.begin() + static_cast<ptrdiff_t>(times.size() / 2),
                   times.end());
  return times[times.size() / 2];
}

}  // namespace
}  // namespace tarn

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: rewrite_floor OBJECTS_ROOT STORAGE_NAMESPACE METARANGE_ID\n");
    return 2;
  }
  const auto median =
      tarn::MedianMs(argv[1], tarn::StorageNamespace(argv[2]), tarn::MetarangeId(argv[3]));
  if (!median.ok()) {
    std::fprintf(stderr, "rewrite_floor: %s\n", median.status().ToString().c_str());
    return 1;
  }
  std::printf("%.3f ms\n", *median);
  return 0;
}
