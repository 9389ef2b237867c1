#include "cli/object_stats.h"

#include "cli/format.h"
#include "fmt/format.h"

namespace tarn::cli {

void PrintObjectStats(const Json& stats) {
  const auto text = [&](const char* name) { return stats.StringAt(name).value_or(""); };
  const int64_t size = stats.IntAt("size_bytes").value_or(0);
  fmt::print("Path: {}\nModified Time: {}\nSize: {} bytes\nHuman Size: {}\n", text("path"),
             FormatDate(stats.IntAt("mtime").value_or(0)), size, FormatBytes(size));
  fmt::print("Physical Address: {}\n", text("physical_address"));
  if (const auto expiry = stats.IntAt("physical_address_expiry"); expiry && *expiry != 0) {
    fmt::print("Physical Address Expires: {}\n", FormatDate(*expiry));
  }
  fmt::print("Checksum: {}\nContent-Type: {}\n", text("checksum"), text("content_type"));
  const Json* metadata = stats.Find("metadata");
  if (metadata == nullptr || !metadata->is_object() || metadata->members().empty()) return;
  fmt::print("Metadata:\n\t\n");
  for (const auto& [name, value] : metadata->members()) {
    fmt::print("\t{} = {}\n", PadRight(name, 18), value.is_string() ? value.string() : "");
  }
}

}  // namespace tarn::cli
