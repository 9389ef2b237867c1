// The connections of one store: a bounded number, made when they are needed. Level 3; thread-safe.
//
// Who finds none free waits, first come, first served. After a connection was refused nobody tries
// for a while that grows, so that a server which comes back is not run over; where the server has
// no place for more, those that there are go round.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/sync.h"
#include "kv/postgres/connection.h"

namespace tarn::kv::postgres {

/// Hears what a pool does; called while it is locked. Thread-safe.
class PoolSink {
 public:
  virtual ~PoolSink() = default;
  /// Somebody got a connection, after so long. `at_once`: one was idle.
  virtual void Taken(int64_t us, bool at_once) = 0;
  /// Somebody got none.
  virtual void NotTaken() = 0;
  /// So many there are now, with those being made, and so many of them are idle.
  virtual void Changed(size_t open, size_t idle) = 0;
};

struct PoolOptions {
  size_t open_max = 25;
  size_t idle_max = 25;
  int64_t lifetime_ms = 300'000;   ///< Of a connection; up to a tenth less, by chance.
  std::shared_ptr<PoolSink> sink;  ///< Null: nobody listens. Shared with whoever opened the store.
};

class Pool {
 public:
  /// Settings and statements outlive it.
  Pool(const ConnectionSettings& settings, const Statements& statements,
       const PoolOptions& options);
  ~Pool();

  /// A connection for one piece of work. It goes back when this is destroyed, unless it broke or a
  /// transaction was left open.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection, int64_t expires_ms)
        : pool_(&pool), connection_(std::move(connection)), expires_ms_(expires_ms) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->Return({std::move(connection_), expires_ms_});
    }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* const pool_;
    std::unique_ptr<Connection> connection_;
    const int64_t expires_ms_;
  };

  /// Waits. kSlowDown if none was free until the deadline; else what refused the connection.
  Result<Lease> Take(const Deadline& deadline);

 private:
  Result<Lease> TakeOne(const Deadline& deadline, bool* at_once);
  struct Kept {
    std::unique_ptr<Connection> connection;
    int64_t expires_ms = 0;
  };
  /// Who waits. Once it was served it has a connection, or may make one.
  struct Waiter {
    CondVar changed;
    bool served = false;
    Kept kept;
  };

  bool IsUsable(const Kept& kept) const;
  /// The newest of those that are good; the others go to `dead`.
  Kept TakeIdle(std::vector<Kept>* dead) TARN_REQUIRES(mutex_);
  Status AwaitTurn(Waiter* self, MutexLock& lock, const Deadline& deadline) TARN_REQUIRES(mutex_);
  /// For a place that was taken already.
  Result<Kept> Connect();
  void Return(Kept kept);
  void GiveUpPlace() TARN_REQUIRES(mutex_);
  void TellSizes() TARN_REQUIRES(mutex_);
  size_t OpenMax() const TARN_REQUIRES(mutex_);

  const ConnectionSettings& settings_;
  const Statements& statements_;
  const PoolOptions options_;
  Clock& clock_ = SystemClock();

  Mutex mutex_;
  std::vector<Kept> idle_ TARN_GUARDED_BY(mutex_);
  std::deque<Waiter*> waiters_ TARN_GUARDED_BY(mutex_);
  size_t open_ TARN_GUARDED_BY(mutex_) = 0;  ///< Connections, and places for those being made.
  int64_t full_until_ms_ TARN_GUARDED_BY(mutex_) = 0;
  Status refused_ TARN_GUARDED_BY(mutex_);
  int64_t pause_ms_ TARN_GUARDED_BY(mutex_) = 0;
  int64_t paused_until_ms_ TARN_GUARDED_BY(mutex_) = 0;
};

}  // namespace tarn::kv::postgres
