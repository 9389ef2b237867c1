// Linux behind FileLayer.

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <dirent.h>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "block/local/file_layer.h"

namespace tarn::block {
namespace {

constexpr mode_t kFileMode = 0666;  // less the process's mask, as the reference creates files

int Checked(int64_t result) { return result < 0 ? -errno : static_cast<int>(result); }

void Convert(const struct stat& from, FileStatus* out) {
  out->size = from.st_size;
  out->modified = {from.st_mtim.tv_sec, static_cast<int32_t>(from.st_mtim.tv_nsec)};
  out->regular = S_ISREG(from.st_mode);
  out->device = from.st_dev;
}

bool IsDirect(int file) { return (fcntl(file, F_GETFL) & O_DIRECT) != 0; }

/// Of an entry of an open directory; some file systems do not say what their entries are.
bool IsDirectory(int directory, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat status;
  return fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISDIR(status.st_mode);
}

class KernelFiles : public FileLayer {
 public:
  int OpenDirectory(int at, const char* name) override {
    const int follow = at == kNoDirectory ? 0 : O_NOFOLLOW;
    return Checked(openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | follow));
  }

  int OpenBase(const char* path, Wait wait) override {
    constexpr int kFlags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    if (wait == Wait::kMay) return Checked(open(path, kFlags));
    open_how how = {};
    how.flags = kFlags;
    how.resolve = RESOLVE_CACHED;
    const int file = Checked(syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof how));
    // Kernels before 5.12 know no cached resolution: never open on a thread that must not wait.
    return file == -ENOSYS || file == -EINVAL || file == -EPERM ? -EAGAIN : file;
  }

  int MakeDirectory(int at, const char* name, uint32_t mode) override {
    return Checked(mkdirat(at, name, mode));
  }

  int OpenToRead(int at, const char* path, Wait wait) override {
    // O_NONBLOCK: opening a FIFO that someone put there must not hang. No effect on files.
    return OpenBeneath(at, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, wait);
  }

  int CreateUnnamed(int directory) override {
    const int file = Checked(openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, kFileMode));
    return file == -EISDIR || file == -EINVAL ? -EOPNOTSUPP : file;  // what old systems say
  }

  int CreateNamed(int at, const char* name) override {
    return Checked(openat(at, name, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, kFileMode));
  }

  int Link(int file, int at, const char* name) override {
    if (!link_by_proc_.load(std::memory_order_relaxed)) {
      const int linked = Checked(linkat(file, "", at, name, AT_EMPTY_PATH));
      if (linked != -ENOENT && linked != -EPERM) return linked;
    }
    // Without a capability older kernels allow only the way through /proc.
    char path[32];
    std::snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    const int linked = Checked(linkat(AT_FDCWD, path, at, name, AT_SYMLINK_FOLLOW));
    if (linked == 0) link_by_proc_.store(true, std::memory_order_relaxed);
    return linked;
  }

  int Rename(int from_at, const char* from, int to_at, const char* to) override {
    return Checked(renameat(from_at, from, to_at, to));
  }

  int RenameNew(int from_at, const char* from, int to_at, const char* to) override {
    const int renamed = Checked(syscall(SYS_renameat2, from_at, from, to_at, to, RENAME_NOREPLACE));
    if (renamed != -EINVAL && renamed != -ENOSYS) return renamed;
    // Some file systems have no such rename, but second names.
    const int linked = Checked(linkat(from_at, from, to_at, to, 0));
    return linked < 0 ? linked : Unlink(from_at, from);
  }

  int Unlink(int at, const char* name) override { return Checked(unlinkat(at, name, 0)); }

  int SetDirect(int file, bool direct) override {
    const int flags = Checked(fcntl(file, F_GETFL));
    if (flags < 0) return flags;
    return Checked(fcntl(file, F_SETFL, direct ? flags | O_DIRECT : flags & ~O_DIRECT));
  }

  int Write(int file, std::span<const char> bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = write(file, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      // Some file systems take the flag for direct writes and then no such write, and what is left
      // after a short one may not be aligned.
      if (written < 0 && errno == EINVAL && IsDirect(file) && SetDirect(file, false) == 0) continue;
      if (written < 0) return -errno;
      bytes = bytes.subspan(static_cast<size_t>(written));
    }
    return 0;
  }

  int64_t AppendRange(int file, int from, int64_t offset, int64_t length) override {
    for (;;) {
      const ssize_t copied =
          copy_file_range(from, &offset, file, nullptr, static_cast<size_t>(length), 0);
      if (copied >= 0) return copied;
      if (errno == EINTR) continue;
      // Direct writes want whole blocks, at the file's end as well.
      if (errno == EINVAL && IsDirect(file) && SetDirect(file, false) == 0) continue;
      const bool unknown = errno == EXDEV || errno == EINVAL || errno == ENOSYS;
      return unknown ? -EOPNOTSUPP : -errno;
    }
  }

  int64_t ReadAt(int file, int64_t offset, std::span<char> out, Wait wait) override {
    iovec part = {out.data(), out.size()};
    ssize_t got = 0;
    do {
      got = wait == Wait::kMay ? pread(file, out.data(), out.size(), offset)
                               : preadv2(file, &part, 1, offset, RWF_NOWAIT);
    } while (got < 0 && errno == EINTR);
    if (got >= 0) return got;
    const bool unknown = errno == EOPNOTSUPP || errno == ENOSYS || errno == EINVAL;
    return wait == Wait::kMustNot && unknown ? -EAGAIN : -errno;
  }

  int Stat(int file, FileStatus* out) override {
    struct stat status;
    const int result = Checked(fstat(file, &status));
    if (result == 0) Convert(status, out);
    return result;
  }

  int StatAt(int directory, const char* name, FileStatus* out) override {
    struct stat status;
    const int result = Checked(fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW));
    if (result == 0) Convert(status, out);
    return result;
  }

  int SyncFile(int file) override { return Checked(fdatasync(file)); }
  int SyncDirectory(int directory) override { return Checked(fsync(directory)); }

  int List(int directory, std::vector<DirectoryEntry>* entries) override {
    const int copy = Checked(openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (copy < 0) return copy;
    DIR* stream = fdopendir(copy);
    if (stream == nullptr) {
      const int error = -errno;
      close(copy);
      return error;
    }
    errno = 0;
    while (const dirent* entry = readdir(stream)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..")
        entries->push_back({entry->d_name, IsDirectory(copy, *entry)});
      errno = 0;
    }
    const int error = -errno;
    closedir(stream);
    return error;
  }

  void Close(int file) override { close(file); }

 private:
  std::atomic<bool> link_by_proc_ = false;
};

}  // namespace

FileLayer& SystemFiles() {
  static KernelFiles files;
  return files;
}

std::string ErrnoText(int error) {
  char buffer[128];
  std::string text = strerror_r(error, buffer, sizeof buffer);
  if (text.size() > 1 && text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'a') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  return text;
}

Retry RetryOfErrno(int error) {
  const bool passing = error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN ||
                       error == EINTR || error == EBUSY || error == ETIMEDOUT;
  return passing ? Retry::kLater : Retry::kNever;
}

}  // namespace tarn::block
