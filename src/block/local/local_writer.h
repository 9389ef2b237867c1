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

/// What names of files begin with that are on their way to become objects.
inline constexpr std::string_view kTemporaryPrefix = ".tarn-";

/// What writers share; outlives them.
struct WriterContext {
  FileLayer& layer;
  Clock& clock;
  Directories& directories;
  std::shared_ptr<Directory> temporary;  ///< .tarn/tmp; writers of a closing store may hold it.
};

/// "failed to write to storage: ..." for a -errno.
Status WriteFailed(int error);

/// Gives an open file of an object a second name, relative to the root and durable like a new one.
/// Nothing where that cannot be: the name is taken, the file system refuses.
Result<std::optional<ObjectProperties>> LinkObject(WriterContext& context, int file, int64_t size,
                                                   const std::string& to);

class LocalWriter : public ObjectWriter {
 public:
  /// `path` is relative to the root.
  LocalWriter(WriterContext& context, std::string path, const WriteOptions& options);
  ~LocalWriter() override;
  Status Write(std::span<const char> bytes) override;
  Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                int64_t length) override;
  Result<ObjectProperties> Commit() override;

 private:
  Status OpenFile();
  Status WriteThrough(std::span<const char> bytes);
  Status OpenDirect();
  Status WriteDirect(std::span<const char> bytes);
  Status FinishDirect();
  Status Publish();
  int GiveName();
  int LinkUnnamed();
  /// Where files of this directory get a first name.
  const std::shared_ptr<Directory>& temporary() const;
  std::string_view directory_path() const;
  const char* name() const;

  WriterContext& context_;
  const std::string path_;
  const bool create_only_;
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
  bool spent_ = false;  // failed or committed
};

}  // namespace tarn::block
