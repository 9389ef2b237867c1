// The floor under an import: two threads that walk directories, read every file and hash it, and do
// nothing with the result. `tarn import` of the same trees is measured against it (./dev bench).
//
// Usage: import_floor DIR... Prints "files=N bytes=N seconds=S".

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "codec/digest.h"

namespace {

constexpr int kThreads = 2;
constexpr size_t kChunkFiles = 256;
constexpr size_t kBufferBytes = 256 << 10;

[[noreturn]] void Fail(const std::string& what) {
  std::perror(what.c_str());
  std::exit(1);
}

struct Directory {
  explicit Directory(const std::string& path)
      : file(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (file < 0) Fail("open " + path);
  }
  ~Directory() { close(file); }
  const int file;
};
using DirectoryPtr = std::shared_ptr<Directory>;  // shared by the chunks of its files

/// Files to read, or a directory to list.
struct Work {
  std::string path;  ///< Of the directory to list; else empty.
  DirectoryPtr directory;
  std::vector<std::string> names;
};

class Floor {
 public:
  void Add(Work work) {
    std::lock_guard lock(mutex_);
    // Files first: so few directories are open at a time.
    if (work.path.empty()) {
      queue_.push_front(std::move(work));
    } else {
      queue_.push_back(std::move(work));
    }
    ++open_;
    changed_.notify_one();
  }

  void Run() {
    std::vector<char> buffer(kBufferBytes);
    Work work;
    while (Take(&work)) {
      if (!work.path.empty()) List(work.path);
      for (const std::string& name : work.names) ReadFile(*work.directory, name, buffer);
      work = {};
      Finish();
    }
  }

  std::atomic<int64_t> files = 0, bytes = 0;

 private:
  bool Take(Work* out) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !queue_.empty() || open_ == 0; });
    if (queue_.empty()) return false;
    *out = std::move(queue_.front());
    queue_.pop_front();
    return true;
  }

  void Finish() {
    std::lock_guard lock(mutex_);
    if (--open_ == 0) changed_.notify_all();
  }

  void List(const std::string& path) {
    const auto directory = std::make_shared<Directory>(path);
    DIR* stream = fdopendir(dup(directory->file));
    if (stream == nullptr) Fail("list " + path);
    Work chunk{"", directory, {}};
    while (const dirent* entry = readdir(stream)) {
      if (entry->d_name[0] == '.') continue;
      if (entry->d_type == DT_DIR) {
        Add({path + "/" + entry->d_name, nullptr, {}});
      } else if (entry->d_type == DT_REG) {
        chunk.names.emplace_back(entry->d_name);
        if (chunk.names.size() == kChunkFiles) Add(std::exchange(chunk, {"", directory, {}}));
      }
    }
    closedir(stream);
    if (!chunk.names.empty()) Add(std::move(chunk));
  }

  void ReadFile(const Directory& directory, const std::string& name, std::vector<char>& buffer) {
    const int file =
        openat(directory.file, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOATIME | O_NOFOLLOW);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) Fail("open " + name);
    tarn::Md5Digest digest;
    ssize_t got = read(file, buffer.data(), buffer.size());
    if (got >= 0 && got < static_cast<ssize_t>(buffer.size())) {
      digest = tarn::Md5({buffer.data(), static_cast<size_t>(got)});
      bytes += got;
    } else {
      tarn::Md5Hasher hasher;
      for (; got > 0; got = read(file, buffer.data(), buffer.size())) {
        hasher.Update({buffer.data(), static_cast<size_t>(got)});
        bytes += got;
      }
      digest = hasher.Finish();
    }
    if (got < 0) Fail("read " + name);
    close(file);
    used_ ^= digest[0];
    ++files;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;
  int64_t open_ = 0;  // work that is queued or being done
  std::atomic<char> used_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: import_floor DIR...\n");
    return 2;
  }
  const auto begin = std::chrono::steady_clock::now();
  Floor floor;
  for (int i = 1; i < argc; ++i) floor.Add({argv[i], nullptr, {}});
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { floor.Run(); });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("files=%lld bytes=%lld seconds=%.3f\n", static_cast<long long>(floor.files),
              static_cast<long long>(floor.bytes), took.count());
  return 0;
}
