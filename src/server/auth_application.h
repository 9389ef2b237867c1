// An authorization server, built from its settings and taken down in reverse. Level 9; called by
// the main thread.
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.h"
#include "server/settings.h"

namespace tarn::server {

class AuthApplication {
 public:
  explicit AuthApplication(Settings settings);
  ~AuthApplication();

  /// Opens the store and serves. A sentence for the operator when something is in the way.
  Status Start();
  /// Stops accepting, lets running requests finish, closes the store.
  void Stop();
  uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::server
