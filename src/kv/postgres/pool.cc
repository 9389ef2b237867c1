#include "kv/postgres/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kv/postgres/status.h"

namespace tarn::kv::postgres {
namespace {

constexpr int64_t kPauseMsFirst = 20;
constexpr int64_t kPauseMsMax = 1000;
/// So long nobody asks a full server for more connections.
constexpr int64_t kFullMs = 2000;

}  // namespace

Pool::Pool(const ConnectionSettings& settings, const Statements& statements,
           const PoolOptions& options)
    : settings_(settings), statements_(statements), options_(options) {}

Pool::~Pool() = default;

bool Pool::IsUsable(const Kept& kept) const {
  return clock_.MonotonicMs() < kept.expires_ms && kept.connection->IsReady();
}

size_t Pool::OpenMax() const {
  return clock_.MonotonicMs() < full_until_ms_ ? 1 : options_.open_max;
}

Pool::Kept Pool::TakeIdle(std::vector<Kept>* dead) {
  while (!idle_.empty()) {
    Kept kept = std::move(idle_.back());
    idle_.pop_back();
    if (IsUsable(kept)) return kept;
    --open_;
    dead->push_back(std::move(kept));
  }
  return {};
}

Status Pool::AwaitTurn(Waiter* self, MutexLock& lock, const Deadline& deadline) {
  waiters_.push_back(self);
  while (!self->served && deadline.RemainingMs() > 0) {
    self->changed.WaitFor(lock, deadline.RemainingMs());
  }
  if (self->served) return {};
  waiters_.erase(std::find(waiters_.begin(), waiters_.end(), self));
  return {Code::kSlowDown, fmt::format("all {} connections to the database are busy; "
                                       "database.postgres.max_open_connections limits them",
                                       open_)};
}

Result<Pool::Lease> Pool::Take(const Deadline& deadline) {
  bool at_once = false;
  if (!options_.sink) return TakeOne(deadline, &at_once);
  const int64_t begin_us = clock_.MonotonicUs();
  auto taken = TakeOne(deadline, &at_once);
  if (taken.ok()) {
    options_.sink->Taken(clock_.MonotonicUs() - begin_us, at_once);
  } else {
    options_.sink->NotTaken();
  }
  return taken;
}

void Pool::TellSizes() {
  if (options_.sink) options_.sink->Changed(open_, idle_.size());
}

Result<Pool::Lease> Pool::TakeOne(const Deadline& deadline, bool* at_once) {
  std::vector<Kept> dead;  // Before the lock: closed after it.
  for (;;) {
    Waiter self;
    {
      MutexLock lock(mutex_);
      if (waiters_.empty()) self.kept = TakeIdle(&dead);
      *at_once = self.kept.connection != nullptr;
      if (!*at_once) {
        if (waiters_.empty() && open_ < OpenMax()) {
          ++open_;
        } else {
          TARN_TRY(AwaitTurn(&self, lock, deadline));
        }
      }
      TellSizes();
    }
    if (self.kept.connection == nullptr) {
      auto made = Connect();
      // Others are there, and will be free.
      if (IsFull(made.status()) && deadline.RemainingMs() > 0) {
        const MutexLock lock(mutex_);
        if (open_ > 0) continue;
      }
      if (!made.ok()) return std::move(made).status();
      self.kept = *std::move(made);
    }
    return Lease(*this, std::move(self.kept.connection), self.kept.expires_ms);
  }
}

Result<Pool::Kept> Pool::Connect() {
  {
    const MutexLock lock(mutex_);
    if (clock_.MonotonicMs() < paused_until_ms_) {
      GiveUpPlace();
      return refused_;
    }
  }
  auto made = Connection::Open(settings_, statements_);
  const MutexLock lock(mutex_);
  const int64_t now_ms = clock_.MonotonicMs();
  const auto chance = [](int64_t below) {
    return static_cast<int64_t>(SystemRandom().Next64() % static_cast<uint64_t>(below + 1));
  };
  if (made.ok()) {
    pause_ms_ = paused_until_ms_ = 0;
    return Kept{*std::move(made),
                now_ms + options_.lifetime_ms - chance(options_.lifetime_ms / 10)};
  }
  if (IsFull(made.status())) {
    full_until_ms_ = now_ms + kFullMs;
  } else {
    pause_ms_ = std::clamp(pause_ms_ * 2, kPauseMsFirst, kPauseMsMax);
    paused_until_ms_ = now_ms + pause_ms_ / 2 + chance(pause_ms_ / 2);
    refused_ = made.status();
  }
  GiveUpPlace();
  return std::move(made).status();
}

void Pool::GiveUpPlace() {
  --open_;
  TellSizes();
  if (waiters_.empty() || open_ >= OpenMax()) return;
  ++open_;
  TellSizes();
  Waiter* const next = waiters_.front();
  waiters_.pop_front();
  next->served = true;
  next->changed.NotifyOne();
}

void Pool::Return(Kept kept) {
  const bool usable = IsUsable(kept);
  std::vector<Kept> dead;  // Before the lock: closed after it.
  const MutexLock lock(mutex_);
  if (usable && !waiters_.empty()) {
    Waiter* const next = waiters_.front();
    waiters_.pop_front();
    next->kept = std::move(kept);
    next->served = true;
    next->changed.NotifyOne();
    return;
  }
  if (usable && idle_.size() < options_.idle_max) {
    idle_.push_back(std::move(kept));
    TellSizes();
  } else {
    dead.push_back(std::move(kept));
    GiveUpPlace();
  }
  // The oldest lie in front, where nobody takes them.
  while (!idle_.empty() && idle_.front().expires_ms <= clock_.MonotonicMs()) {
    dead.push_back(std::move(idle_.front()));
    idle_.erase(idle_.begin());
    GiveUpPlace();
  }
}

}  // namespace tarn::kv::postgres
