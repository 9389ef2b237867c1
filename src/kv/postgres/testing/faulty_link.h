// A way to a server on loopback that breaks as a seed decides: between a client and PostgreSQL or
// what stands before it. Level 3, tests only; thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <memory>
#include <random>

#include "base/sync.h"

namespace tarn::kv::postgres {

/// Chances of each piece that is passed on, of a million.
struct FaultRates {
  uint32_t request_cut = 0;  ///< Half of it arrives, then the connection is cut.
  uint32_t reply_lost = 0;   ///< A request arrives, and the connection is cut behind it.
  uint32_t reply_cut = 0;    ///< Half of a reply arrives.
  uint32_t stalled = 0;      ///< It arrives, a little later.
};

class FaultyLink {
 public:
  /// Passes on to a port of 127.0.0.1.
  FaultyLink(uint16_t server_port, const FaultRates& rates, uint32_t seed);
  ~FaultyLink();
  FaultyLink(const FaultyLink&) = delete;
  FaultyLink& operator=(const FaultyLink&) = delete;

  uint16_t port() const { return port_; }
  /// How often something broke.
  int faults() const { return faults_; }

 private:
  void Accept();
  void Serve(int client, uint32_t seed);
  /// False: this was the end of the connection.
  bool Pass(int from, int to, bool is_request, std::mt19937* chance);

  const uint16_t server_port_;
  const FaultRates rates_;
  const uint32_t seed_;
  int listener_ = -1;
  uint16_t port_ = 0;
  std::atomic<bool> stop_ = false;
  std::atomic<int> faults_ = 0;
  std::list<Thread> served_;  // Of the accepting thread, and of the destructor after it.
  Thread accepting_;
};

}  // namespace tarn::kv::postgres
