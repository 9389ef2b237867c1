#include "block/local/file_digest.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <memory>

#include "block/local/open_beneath.h"
#include "codec/digest.h"

namespace tarn::block {
namespace {

constexpr size_t kReadBytes = 256 << 10;

class OpenFile {
 public:
  explicit OpenFile(int file) : file_(file) {}
  ~OpenFile() {
    if (file_ >= 0) close(file_);
  }
  int get() const { return file_; }

 private:
  const int file_;
};

/// -errno on failure.
int OpenForDigest(int at, const char* path) {
  // Reading must not write access times back, but only owners may ask for that.
  static std::atomic<int> no_access_time = O_NOATIME;
  constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  const int wanted = no_access_time.load(std::memory_order_relaxed);
  const int file = OpenBeneath(at, path, kFlags | wanted);
  if (file != -EPERM || wanted == 0) return file;
  no_access_time.store(0, std::memory_order_relaxed);
  return OpenBeneath(at, path, kFlags);
}

ssize_t ReadSome(int file, char* buffer) {
  for (;;) {
    const ssize_t got = read(file, buffer, kReadBytes);
    if (got >= 0 || errno != EINTR) return got;
  }
}

void WriteHex(const Md5Digest& digest, std::array<char, 32>* out) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (size_t i = 0; i < digest.size(); ++i) {
    const auto byte = static_cast<uint8_t>(digest[i]);
    (*out)[2 * i] = kDigits[byte >> 4];
    (*out)[2 * i + 1] = kDigits[byte & 15];
  }
}

}  // namespace

int ReadFileFacts(int at, const char* path, const std::function<bool()>& stop, FileFacts* facts) {
  thread_local const auto buffer = std::make_unique<char[]>(kReadBytes);
  const OpenFile file(OpenForDigest(at, path));
  if (file.get() < 0) return -file.get();
  struct stat status;
  if (fstat(file.get(), &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return EINVAL;
  facts->modified = {status.st_mtim.tv_sec, static_cast<int32_t>(status.st_mtim.tv_nsec)};

  ssize_t got = ReadSome(file.get(), buffer.get());
  if (got < 0) return errno;
  facts->size = got;
  // A regular file gives less than asked for only at its end.
  if (got < static_cast<ssize_t>(kReadBytes)) {
    WriteHex(Md5({buffer.get(), static_cast<size_t>(got)}), &facts->md5_hex);
    return 0;
  }
  Md5Hasher hasher;
  while (got > 0) {
    hasher.Update({buffer.get(), static_cast<size_t>(got)});
    if (stop && stop()) return ECANCELED;
    got = ReadSome(file.get(), buffer.get());
    if (got < 0) return errno;
    facts->size += got;
  }
  WriteHex(hasher.Finish(), &facts->md5_hex);
  return 0;
}

}  // namespace tarn::block
