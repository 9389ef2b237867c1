// How much memory clients can make the server hold: one budget for the unfinished heads, buffered
// bodies, pieces of uploads and unsent answers of all connections. Level 2; ByteBudget is
// thread-safe, a BudgetLease belongs to one thread at a time.
#pragma once

#include <atomic>
#include <cstdint>

namespace tarn::http {

class ByteBudget {
 public:
  /// Up to where the budget may be used, so that nothing large stands in the way of small requests,
  /// nor strangers in that of those who have signed in.
  enum class Share : uint8_t {
    kHalf,   ///< What strangers send, and what one can do without.
    kMost,   ///< Three quarters: what is large.
    kWhole,  ///< Small things of those who have signed in.
  };

  explicit ByteBudget(int64_t bytes_max) : bytes_max_(bytes_max) {}
  int64_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  friend class BudgetLease;
  bool Take(int64_t bytes, Share share) {
    const int64_t most = bytes_max_ / 4 * (static_cast<int64_t>(share) + 2);
    if (used_.fetch_add(bytes, std::memory_order_relaxed) + bytes <= most) return true;
    Return(bytes);
    return false;
  }
  void Return(int64_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  const int64_t bytes_max_;
  std::atomic<int64_t> used_ = 0;
};

/// The part of a budget that one buffer takes; given back at the end of its life.
class BudgetLease {
 public:
  explicit BudgetLease(ByteBudget& budget) : budget_(budget) {}
  ~BudgetLease() { Release(); }
  BudgetLease(const BudgetLease&) = delete;
  BudgetLease& operator=(const BudgetLease&) = delete;

  /// Makes the lease `bytes` large. False, with nothing changed, when the budget has not so much
  /// left; making it smaller always works.
  bool Resize(int64_t bytes, ByteBudget::Share share) {
    if (bytes > bytes_ && !budget_.Take(bytes - bytes_, share)) return false;
    if (bytes < bytes_) budget_.Return(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }
  void Release() { Resize(0, ByteBudget::Share::kWhole); }

 private:
  ByteBudget& budget_;
  int64_t bytes_ = 0;
};

}  // namespace tarn::http
