// Dumps of the KV as files, in the reference's format (docs/formats/kv.md, "Dump files"): one JSON
// document of partitions, keys and values. Written and read as a stream. Level 9; one thread at a
// time.
#pragma once

#include <functional>
#include <istream>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::server {

struct DumpEntry {
  std::string partition, key, value;
};

enum class DumpLayout : uint8_t { kCompact, kPretty };

class DumpFileWriter {
 public:
  using Sink = std::function<Status(std::string_view)>;
  DumpFileWriter(Sink sink, DumpLayout layout) : sink_(std::move(sink)), layout_(layout) {}

  /// Begin, then Add for each entry, then End.
  Status Begin(Timestamp now);
  Status Add(const DumpEntry& entry);
  Status End();

 private:
  const Sink sink_;
  const DumpLayout layout_;
  bool has_entries_ = false;
};

/// Calls `sink` for each entry. kInvalidRequest for text that is no dump of version 1.0, kIo.
Status ReadDumpFile(std::istream& in, const std::function<Status(DumpEntry)>& sink);

/// The same JSON text with line breaks and two spaces per level.
std::string PrettyJson(std::string_view json);

}  // namespace tarn::server
