#include "server/process_limits.h"

#include <malloc.h>
#include <sys/resource.h>

#include <csignal>

namespace tarn::server {
namespace {

// Threads beyond this share arenas; each arena keeps what its busiest moment needed.
constexpr int kArenasMax = 4;
// Fixed, because the allocator otherwise raises it with every large buffer that is freed, and then
// keeps such buffers.
constexpr int kMmapThresholdBytes = 1 << 20;
constexpr int kTrimThresholdBytes = 4 << 20;

}  // namespace

void PrepareProcess() {
  ::mallopt(M_ARENA_MAX, kArenasMax);
  ::mallopt(M_MMAP_THRESHOLD, kMmapThresholdBytes);
  ::mallopt(M_TRIM_THRESHOLD, kTrimThresholdBytes);
  struct rlimit files = {};
  if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
    files.rlim_cur = files.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &files);  // a lower limit is no reason not to start
  }
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace tarn::server
