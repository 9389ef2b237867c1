// The file system calls behind stored objects, as an interface: tests put a layer below the store
// that forgets at a simulated crash what was not synced (block/testing/crash_files.h).
//
// Import sources are read by plain system calls (walker.cc): nothing of theirs can be lost. Level
// 3; implementations are thread-safe. Results are >= 0, or -errno. Names are relative to an open
// directory, or absolute with kNoDirectory.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "block/local/open_beneath.h"

namespace tarn::block {

inline constexpr int kNoDirectory = -100;  ///< AT_FDCWD.

inline constexpr size_t kDirectAlignment = 4096;

struct FileStatus {
  int64_t size = 0;
  Timestamp modified;
  bool regular = false;
  uint64_t device = 0;  ///< The file system it is on.
};

/// A name in a directory.
struct DirectoryEntry {
  std::string name;
  bool directory = false;
};

class FileLayer {
 public:
  virtual ~FileLayer() = default;
  /// Opens a directory; its own name may not be a symbolic link unless `at` is kNoDirectory.
  virtual int OpenDirectory(int at, const char* name) = 0;
  /// Opens a directory by its absolute path, following links, for use in OpenToRead alone. With
  /// Wait::kMustNot: -EAGAIN when that would need the disk.
  virtual int OpenBase(const char* path, Wait wait) = 0;
  /// -EEXIST if the name is taken.
  virtual int MakeDirectory(int at, const char* name, uint32_t mode) = 0;
  /// Opens for reading what is below the directory `at`, following no symbolic link (-ELOOP,
  /// -ENOTDIR). With kMustNot: -EAGAIN when that would need the disk.
  virtual int OpenToRead(int at, const char* path, Wait wait) = 0;
  /// Makes a file that has no name yet, on the file system of that directory; -EOPNOTSUPP where
  /// there is no such thing.
  virtual int CreateUnnamed(int directory) = 0;
  /// Makes a file; -EEXIST if the name is taken.
  virtual int CreateNamed(int at, const char* name) = 0;
  /// Gives an open file a name, its first or another one; -EEXIST if the name is taken. The file
  /// system may refuse (-EXDEV, -EMLINK, -EPERM).
  virtual int Link(int file, int at, const char* name) = 0;
  /// Renames, replacing what has the new name.
  virtual int Rename(int from_at, const char* from, int to_at, const char* to) = 0;
  /// Renames; -EEXIST if the new name is taken.
  virtual int RenameNew(int from_at, const char* from, int to_at, const char* to) = 0;
  virtual int Unlink(int at, const char* name) = 0;
  /// Lets writes go past the page cache, or not; where that cannot be they go through it. Direct
  /// writes need memory and lengths in multiples of kDirectAlignment.
  virtual int SetDirect(int file, bool direct) = 0;
  /// Appends all bytes or fails.
  virtual int Write(int file, std::span<const char> bytes) = 0;
  /// Appends a range of one file to another inside of the kernel; the bytes copied, at least one
  /// unless the file ends. -EOPNOTSUPP where there is no such thing.
  virtual int64_t AppendRange(int file, int from, int64_t offset, int64_t length) = 0;
  /// With kMustNot: -EAGAIN when that would need the disk; may then read less than there is.
  virtual int64_t ReadAt(int file, int64_t offset, std::span<char> out, Wait wait) = 0;
  virtual int Stat(int file, FileStatus* out) = 0;
  /// The same of a name in a directory, where no symbolic link is followed.
  virtual int StatAt(int directory, const char* name, FileStatus* out) = 0;
  /// Makes bytes and size of a file durable.
  virtual int SyncFile(int file) = 0;
  /// Makes the names in a directory durable.
  virtual int SyncDirectory(int directory) = 0;
  /// Appends what is in a directory, without "." and "..".
  virtual int List(int directory, std::vector<DirectoryEntry>* entries) = 0;
  virtual void Close(int file) = 0;
};

/// The kernel's files.
FileLayer& SystemFiles();

/// "no space left on device": the text of an errno value as the reference words it.
std::string ErrnoText(int error);
/// Whether what failed with an errno value can succeed later: the machine was short of something.
Retry RetryOfErrno(int error);

/// Owns an open file or directory of a layer.
class FileHandle {
 public:
  FileHandle() = default;
  FileHandle(FileLayer& layer, int file) : layer_(&layer), file_(file) {}
  FileHandle(FileHandle&& other) noexcept : layer_(other.layer_), file_(other.Release()) {}
  FileHandle& operator=(FileHandle&& other) noexcept {
    Reset();
    layer_ = other.layer_;
    file_ = other.Release();
    return *this;
  }
  ~FileHandle() { Reset(); }

  int get() const { return file_; }
  bool open() const { return file_ >= 0; }
  void Reset() {
    if (file_ >= 0) layer_->Close(file_);
    file_ = -1;
  }

 private:
  int Release() {
    const int file = file_;
    file_ = -1;
    return file;
  }
  FileLayer* layer_ = nullptr;
  int file_ = -1;
};

}  // namespace tarn::block
