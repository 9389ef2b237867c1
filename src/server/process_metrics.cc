#include "server/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <filesystem>

namespace tarn::server {
namespace {

prometheus::Gauge& MakeGauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

double CpuSeconds() {
  struct rusage usage = {};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

ProcessMetrics::ProcessMetrics(prometheus::Registry& registry)
    : cpu_seconds_(MakeGauge(registry, "process_cpu_seconds_total",
                             "Total user and system CPU time spent in seconds.")),
      resident_bytes_(
          MakeGauge(registry, "process_resident_memory_bytes", "Resident memory size in bytes.")),
      virtual_bytes_(
          MakeGauge(registry, "process_virtual_memory_bytes", "Virtual memory size in bytes.")),
      open_files_(MakeGauge(registry, "process_open_fds", "Number of open file descriptors.")),
      open_files_max_(
          MakeGauge(registry, "process_max_fds", "Maximum number of open file descriptors.")) {
  MakeGauge(registry, "process_start_time_seconds", "Start time of the process since 1970.")
      .Set(static_cast<double>(std::time(nullptr)));
  struct rlimit limit = {};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  open_files_max_.Set(static_cast<double>(limit.rlim_cur));
}

void ProcessMetrics::Update() {
  cpu_seconds_.Set(CpuSeconds());
  if (std::FILE* file = std::fopen("/proc/self/statm", "r"); file != nullptr) {
    long pages = 0;
    long resident = 0;
    if (std::fscanf(file, "%ld %ld", &pages, &resident) == 2) {
      const auto page_bytes = static_cast<double>(::sysconf(_SC_PAGESIZE));
      virtual_bytes_.Set(static_cast<double>(pages) * page_bytes);
      resident_bytes_.Set(static_cast<double>(resident) * page_bytes);
    }
    std::fclose(file);
  }
  std::error_code error;
  const std::filesystem::directory_iterator begin("/proc/self/fd", error);
  if (!error) open_files_.Set(static_cast<double>(std::distance(begin, {})));
}

}  // namespace tarn::server
