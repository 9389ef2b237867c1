// May this thread wait? Threads of the HTTP server must not; pools and tools may.
//
// Read handlers first run on an io thread under a NoBlockingScope. A driver that would have to
// wait (disk, network, a cold cache) checks MayBlock() and returns kWouldBlock instead; the server
// then runs the whole handler again on a pool. This is a property of the thread, so no function
// between handler and driver carries a flag. Level 0.
#pragma once

#include "base/result.h"

namespace tarn {

/// True unless a NoBlockingScope is alive on this thread.
bool MayBlock();

/// Forbids waiting on this thread until destroyed. Scopes nest.
class NoBlockingScope {
 public:
  NoBlockingScope();
  ~NoBlockingScope();
  NoBlockingScope(const NoBlockingScope&) = delete;
  NoBlockingScope& operator=(const NoBlockingScope&) = delete;

 private:
  bool previous_;
};

/// kWouldBlock when this thread must not wait. Put it before any call that may.
inline Status RequireBlocking() { return MayBlock() ? Status() : Status(Code::kWouldBlock); }

}  // namespace tarn
