#include "block/local/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <string>
#include <string_view>

namespace tarn::block {
namespace {

int Checked(int64_t result) { return result < 0 ? -errno : static_cast<int>(result); }

}  // namespace

int OpenByElements(int at, const char* path, int flags) {
  std::string_view rest = path;
  if (rest.empty()) return -ENOENT;
  if (rest.front() == '/') return -EXDEV;
  int directory = at;
  for (;;) {
    const size_t slash = std::min(rest.find('/'), rest.size());
    const std::string element(rest.substr(0, slash));
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    const bool last = rest.empty();
    constexpr int kWay = O_PATH | O_DIRECTORY | O_CLOEXEC;
    const int next = element == ".."
                         ? -EXDEV
                         : Checked(openat(directory, element.empty() ? "." : element.c_str(),
                                          (last ? flags : kWay) | O_NOFOLLOW));
    if (directory != at) close(directory);
    if (last || next < 0) return next;
    directory = next;
  }
}

int OpenBeneath(int at, const char* path, int flags, Wait wait) {
  static std::atomic<bool> unknown = false;
  if (!unknown.load(std::memory_order_relaxed)) {
    open_how how = {};
    how.flags = static_cast<uint64_t>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    if (wait == Wait::kMustNot) how.resolve |= RESOLVE_CACHED;
    const int file = Checked(syscall(SYS_openat2, at, path, &how, sizeof how));
    // A filter of system calls may say EPERM, and so may the file system: the other way finds out.
    if (file != -ENOSYS && file != -EPERM) {
      // Kernels before 5.12 know no cached resolution.
      return wait == Wait::kMustNot && file == -EINVAL ? -EAGAIN : file;
    }
    if (file == -ENOSYS) unknown.store(true, std::memory_order_relaxed);
  }
  return wait == Wait::kMustNot ? -EAGAIN : OpenByElements(at, path, flags);
}

}  // namespace tarn::block
