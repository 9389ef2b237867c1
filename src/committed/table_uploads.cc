#include "committed/table_uploads.h"

#include <utility>

#include "base/sync.h"

namespace tarn::committed {
namespace {

/// Tables that Hold keeps in memory; more are stored at once.
constexpr size_t kHeldTablesMax = 4;

}  // namespace

TableUploads::TableUploads(sst::TableStore& tables, const StorageNamespace& ns,
                           UploadOptions options)
    : options_(options), shared_(std::make_shared<Shared>(tables, ns)) {}

TableUploads::~TableUploads() {
  MutexLock lock(shared_->mutex);
  shared_->waiting.clear();
  while (shared_->running != 0) shared_->done.Wait(lock);
}

Status TableUploads::Add(sst::Table table) {
  if (!holding_) return Start(std::move(table));
  held_.push_back(std::move(table));
  return held_.size() < kHeldTablesMax ? Status() : Release();
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
  while (StoreOne(*shared_)) {
  }
  MutexLock lock(shared_->mutex);
  while (shared_->running != 0) shared_->done.Wait(lock);
  return shared_->error;
}

Status TableUploads::Start(sst::Table table) {
  {
    MutexLock lock(shared_->mutex);
    TARN_TRY(Status(shared_->error));
    shared_->waiting.push_back(std::move(table));
    if (options_.pool != nullptr &&
        shared_->waiting.size() + shared_->running <= options_.in_flight_max) {
      // Submitting under the lock is safe: the job takes it on another thread.
      Status queued = options_.pool->Submit([shared = shared_] { StoreOne(*shared); });
      if (queued.ok()) return {};
    }
  }
  StoreOne(*shared_);
  MutexLock lock(shared_->mutex);
  return shared_->error;
}

/// Stores the table that waits longest; false if none waits.
bool TableUploads::StoreOne(Shared& shared) {
  MutexLock lock(shared.mutex);
  if (shared.waiting.empty()) return false;
  const sst::Table table = std::move(shared.waiting.front());
  shared.waiting.pop_front();
  ++shared.running;
  lock.Unlock();
  Status written = shared.tables.Write(shared.ns, table);
  lock.Lock();
  if (!written.ok() && shared.error.ok()) shared.error = std::move(written);
  --shared.running;
  shared.done.NotifyAll();
  return true;
}

}  // namespace tarn::committed
