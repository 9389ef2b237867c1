// The composition root: builds every part of a server from its settings, in order of the layers,
// and takes them down in reverse. Level 9; Start and Stop are called by the main thread.
#pragma once

#include <memory>

#include "auth/service.h"
#include "base/result.h"
#include "server/settings.h"

namespace tarn::server {

struct ApplicationOptions {
  bool allow_mismatched_repositories = false;
};

class Application {
 public:
  explicit Application(Settings settings, ApplicationOptions options = {});
  ~Application();

  /// Opens the stores, sets up an administrator if the settings ask for it, and serves. A sentence
  /// for the operator when something is in the way; nothing is left behind then.
  Status Start();
  /// From now on says that it is not ready, so that a balancer sends requests to other servers;
  /// goes on serving.
  void Retire();
  /// Stops accepting, lets running requests finish, closes the stores.
  void Stop();

  uint16_t port() const;
  auth::Service& auth();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// First-time set-up with the key pair of installation.*, if all three are given, nothing was set
/// up before and the database is local. True if it was done now.
Result<bool> SetUpFromSettings(auth::Service& service, const Settings& settings);

}  // namespace tarn::server
