// How a command that serves waits for its end. Level 9; called by the main thread.
#pragma once

#include <csignal>
#include <functional>
#include <string>

#include "base/result.h"
#include "server/settings.h"

namespace tarn::server {

/// Signals that end or reload; from its construction on blocked in every thread, and taken by the
/// main one.
class SignalQueue {
 public:
  SignalQueue();
  /// The next signal, or 0 after `seconds`.
  int Wait(int seconds) const;
  /// From now on a second Ctrl-C ends the program at once.
  void Release() const;
  static bool Ends(int signal) { return signal == SIGINT || signal == SIGTERM; }

 private:
  sigset_t set_;
};

/// Returns when a signal asks for the end. Until then the level of the log follows the
/// configuration: `load` is called at SIGHUP, and when the file was changed.
void WaitForEnd(const SignalQueue& signals, const std::string& config_file,
                const std::function<Result<LoadedSettings>()>& load);

}  // namespace tarn::server
