// What scripts of hooks are given: their limits, the API of this server, the network. Level 9;
// thread-safe.
#pragma once

#include "auth/service.h"
#include "hooks/hook.h"
#include "hooks/lua/script.h"
#include "http/exchange.h"
#include "http/guarded_client.h"
#include "server/settings.h"

namespace tarn::server {

class HookScripts {
 public:
  /// All outlive it.
  HookScripts(const Settings& settings, const http::GuardedClient& client, auth::Service& auth);

  /// From now on scripts may ask this server. Before it serves.
  void SetApi(http::Handler& api) { api_ = &api; }

  /// Runs a script of a hook that lies within so many others to its end, as lua::Run; gives it
  /// what it lacks.
  Status Run(hooks::lua::Script script, int depth) const;

 private:
  const hooks::lua::Limits limits_;
  const bool networking_;
  const http::GuardedClient& client_;
  auth::Service& auth_;
  http::Handler* api_ = nullptr;
};

}  // namespace tarn::server
