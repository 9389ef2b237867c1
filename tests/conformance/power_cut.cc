// Preloaded into a server under test (LD_PRELOAD), writes down what the server made durable, so
// that power_cut.py can take the rest away after a kill: the harshest disk that POSIX allows.
//
// TARN_SYNC_LOG names the file that the lines are appended to, before the caller hears of its sync:
//   F <inode>.<birth> <size>    a file's bytes up to that size
//   D <directory>\t<name>...    names that a directory held, each told once
// TARN_SYNC_LIES ("files", "directories"): syncs of those do nothing and say that they did.
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <string>

namespace {

using SyncFn = int (*)(int);

void Append(const std::string& line) {
  static const int log = [] {
    const char* path = std::getenv("TARN_SYNC_LOG");
    return path == nullptr ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  }();
  const ssize_t written = write(log, line.data(), line.size());
  if (log >= 0 && written != static_cast<ssize_t>(line.size())) std::abort();
}

std::set<std::string> NamesIn(int directory) {
  std::set<std::string> names;
  const int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* stream = copy < 0 ? nullptr : fdopendir(copy);
  if (stream == nullptr) return names;
  while (const dirent* entry = readdir(stream)) names.insert(entry->d_name);
  closedir(stream);
  return names;
}

std::string PathOf(int file) {
  char path[4096];
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  const ssize_t size = readlink(link.c_str(), path, sizeof path);
  return size < 0 ? "" : std::string(path, static_cast<size_t>(size));
}

int SyncDirectory(int file, SyncFn sync) {
  static std::mutex mutex;
  static auto* told = new std::map<std::string, std::set<std::string>>;
  const std::string path = PathOf(file);
  const std::set<std::string> names = NamesIn(file);  // later ones do not count
  const int result = sync(file);
  if (result != 0) return result;
  const std::lock_guard lock(mutex);
  std::string line = "D " + path;
  for (const std::string& name : names) {
    if ((*told)[path].insert(name).second) line += "\t" + name;
  }
  Append(line + "\n");
  return result;
}

int SyncFile(int file, const struct statx& status, SyncFn sync) {
  const int result = sync(file);
  if (result == 0) {
    Append("F " + std::to_string(status.stx_ino) + "." + std::to_string(status.stx_btime.tv_sec) +
           std::to_string(status.stx_btime.tv_nsec) + " " + std::to_string(status.stx_size) + "\n");
  }
  return result;
}

int Sync(int file, const char* name) {
  const auto sync = reinterpret_cast<SyncFn>(dlsym(RTLD_NEXT, name));
  struct statx status;
  if (statx(file, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, &status) != 0)
    return sync(file);
  const char* lies = std::getenv("TARN_SYNC_LIES");
  const std::string lie = lies == nullptr ? "" : lies;
  const bool directory = S_ISDIR(status.stx_mode);
  if (lie == (directory ? "directories" : "files")) return 0;
  return directory ? SyncDirectory(file, sync) : SyncFile(file, status, sync);
}

}  // namespace

extern "C" int fsync(int file) { return Sync(file, "fsync"); }
extern "C" int fdatasync(int file) { return Sync(file, "fdatasync"); }
