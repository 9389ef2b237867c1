// The writer of LocalStore: buffer, unnamed file, sync, name, directory sync. Level 3.
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "block/local/directories.h"
#include "block/object_store.h"

namespace tarn::block {

/// What writers share; outlives them.
struct WriterContext {
  FileLayer& layer;
  Clock& clock;
  Directories& directories;
  std::shared_ptr<Directory> temporary;  ///< .tarn/tmp; writers of a closing store may hold it.
};

/// "failed to write to storage: ..." for a -errno.
Status WriteFailed(int error);

/// Gives a stored object a second name, durable like a new one. Paths are relative to `root`.
/// Nothing where that cannot be, and the bytes have to be copied: the target exists, the file
/// system refuses, the source is absent or no plain file.
Result<std::optional<ObjectProperties>> LinkObject(WriterContext& context, Directory& root,
                                                   const std::string& from, const std::string& to);

class LocalWriter : public ObjectWriter {
 public:
  /// `path` is relative to the root.
  LocalWriter(WriterContext& context, std::string path, const WriteOptions& options);
  ~LocalWriter() override;
  Status Write(std::span<const char> bytes) override;
  Status Append(ObjectReader& from, int64_t offset, int64_t length) override;
  Result<ObjectProperties> Commit() override;

 private:
  Status OpenFile();
  Status WriteThrough(std::span<const char> bytes);
  Status OpenDirect();
  Status WriteDirect(std::span<const char> bytes);
  Status FinishDirect();
  Status Publish();
  int LinkUnnamed();
  int Replace();
  std::string_view directory_path() const;
  const char* name() const;

  WriterContext& context_;
  const std::string path_;
  std::string buffer_;  // small objects are written in one piece at the end
  // Large objects go past the page cache, block by block: they are synced right away, so a copy in
  // the cache would cost more than the disk does.
  std::unique_ptr<char, void (*)(void*)> block_{nullptr, &std::free};
  size_t block_bytes_ = 0;  // filled so far
  bool large_ = false;      // known to be large before the first byte
  std::shared_ptr<Directory> directory_;
  FileHandle file_;
  std::string temporary_name_;  // empty while the file has no name
  int64_t size_ = 0;
  bool replaced_ = false;  // an older object of the name is gone
  bool spent_ = false;     // failed or committed
};

}  // namespace tarn::block
