#include "server/serving_loop.h"

#include <sys/stat.h>

#include "base/log.h"
#include "server/logging.h"

namespace tarn::server {
namespace {

constexpr int kConfigWatchSeconds = 5;

int64_t ModificationTime(const std::string& path) {
  struct stat facts = {};
  if (path.empty() || ::stat(path.c_str(), &facts) != 0) return 0;
  return facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec;
}

void ReloadLogLevel(const std::function<Result<LoadedSettings>()>& load) {
  const auto loaded = load();
  if (!loaded.ok()) {
    TARN_LOG_ERROR("Failed to reload configuration: {}", loaded.status().message());
  } else if (SetLogLevel(loaded->settings.GetText("logging.level"))) {
    TARN_LOG_INFO("configuration reloaded; level {}", loaded->settings.GetText("logging.level"));
  }
}

}  // namespace

SignalQueue::SignalQueue() {
  ::sigemptyset(&set_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) ::sigaddset(&set_, signal);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int SignalQueue::Wait(int seconds) const {
  const struct timespec timeout = {seconds, 0};
  const int signal = ::sigtimedwait(&set_, nullptr, &timeout);
  return signal < 0 ? 0 : signal;
}

void SignalQueue::Release() const { ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr); }

void WaitForEnd(const SignalQueue& signals, const std::string& config_file,
                const std::function<Result<LoadedSettings>()>& load) {
  int64_t file_time = ModificationTime(config_file);
  while (true) {
    const int signal = signals.Wait(kConfigWatchSeconds);
    if (SignalQueue::Ends(signal)) return;
    const int64_t new_time = ModificationTime(config_file);
    if (signal == SIGHUP || new_time != file_time) ReloadLogLevel(load);
    file_time = new_time;
    spdlog::default_logger_raw()->flush();
  }
}

}  // namespace tarn::server
