#include "committed/table_uploads.h"

#include <utility>

namespace tarn::committed {
namespace {

/// Tables that Hold keeps in memory; more are stored at once.
constexpr size_t kHeldTablesMax = 4;

}  // namespace

TableUploads::~TableUploads() { WaitForJobs(); }

Status TableUploads::Add(sst::Table table) {
  if (holding_) {
    held_.push_back(std::move(table));
    return held_.size() < kHeldTablesMax ? Status() : Release();
  }
  return Start(std::move(table));
}

Status TableUploads::Release() {
  holding_ = false;
  std::vector<sst::Table> held = std::move(held_);
  held_.clear();
  for (sst::Table& table : held) TARN_TRY(Start(std::move(table)));
  return {};
}

Status TableUploads::Finish() {
  TARN_TRY(Release());
  WaitForJobs();
  std::lock_guard lock(mutex_);
  return error_;
}

Status TableUploads::Start(sst::Table table) {
  TARN_TRY_ASSIGN(const bool on_pool, TakeSlot());
  if (!on_pool) return tables_.Write(ns_, table);
  auto shared = std::make_shared<sst::Table>(std::move(table));  // jobs must be copyable
  Status queued = options_.pool->Submit([this, shared] { Finished(tables_.Write(ns_, *shared)); });
  if (queued.ok()) return {};
  // The queue is full; this thread has nothing better to do.
  Finished(tables_.Write(ns_, *shared));
  return {};
}

Result<bool> TableUploads::TakeSlot() {
  std::lock_guard lock(mutex_);
  if (!error_.ok()) return error_;
  if (options_.pool == nullptr || in_flight_ >= options_.in_flight_max) return false;
  ++in_flight_;
  return true;
}

void TableUploads::Finished(Status written) {
  std::lock_guard lock(mutex_);
  if (!written.ok() && error_.ok()) error_ = std::move(written);
  --in_flight_;
  done_.notify_all();
}

void TableUploads::WaitForJobs() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return in_flight_ == 0; });
}

}  // namespace tarn::committed
