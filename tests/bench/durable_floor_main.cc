// The floor under small durable uploads: threads that make small files durable one by one, as the
// local store does, and nothing else. What remains above it is the server's own cost (./dev bench).
//
// Usage: durable_floor DIR THREADS FILES_EACH. Prints "files=N cpu_us_each=N".

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::string_view kContent = "0123456789abcdef";

void Require(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  std::exit(1);
}

void MakeFile(int directory, const std::string& name) {
  const int file = openat(directory, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0666);
  Require(file >= 0, "open");
  Require(write(file, kContent.data(), kContent.size()) == ssize_t{kContent.size()}, "write");
  Require(fdatasync(file) == 0, "fdatasync");
  Require(linkat(file, "", directory, name.c_str(), AT_EMPTY_PATH) == 0, "linkat");
  close(file);
  Require(fsync(directory) == 0, "fsync");
}

double CpuMicroseconds() {
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  const auto us = [](const timeval& t) { return double(t.tv_sec) * 1e6 + double(t.tv_usec); };
  return us(used.ru_utime) + us(used.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: durable_floor DIR THREADS FILES_EACH\n");
    return 2;
  }
  const int threads = std::atoi(argv[2]), each = std::atoi(argv[3]);
  Require(threads > 0 && each > 0, "THREADS and FILES_EACH");
  const int directory = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Require(directory >= 0, argv[1]);
  std::vector<std::thread> running;
  for (int k = 0; k < threads; ++k) {
    running.emplace_back([=] {
      for (int i = 0; i < each; ++i) {
        MakeFile(directory, "f" + std::to_string(k) + "-" + std::to_string(i));
      }
    });
  }
  for (std::thread& thread : running) thread.join();
  const int files = threads * each;
  std::printf("files=%d cpu_us_each=%.0f\n", files, CpuMicroseconds() / files);
  return 0;
}
