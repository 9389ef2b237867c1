#include "versioning/import/import_source.h"

namespace tarn::versioning {

ImportSource::~ImportSource() {
  for (const auto& batch : batches_) batch->Abandon();
}

Status ImportSource::Fill() {
  while (!listed_all_ && batches_.size() < kBatchesAhead) {
    TARN_TRY_ASSIGN(std::shared_ptr<BatchTask> batch, list_());
    if (!batch) {
      listed_all_ = true;
      break;
    }
    batches_.push_back(batch);
    // A full queue is no failure: this thread reads the batch when it needs it.
    IgnoreError(workers_.Submit([batch = std::move(batch)] { batch->TryRun(); }),
                "AwaitFront runs what no worker took");
  }
  return {};
}

void ImportSource::AwaitFront() {
  // Rather than wait, this thread reads too: what it needs first, else what comes next.
  for (const auto& batch : batches_) {
    if (batches_.front()->done()) return;
    batch->TryRun();
  }
  batches_.front()->Wait();
}

Result<bool> ImportSource::Next() {
  if (entered_ && ++at_ < batches_.front()->result().records.size()) return true;
  do {
    if (entered_) {
      batches_.pop_front();
      entered_ = false;
    }
    TARN_TRY(Fill());
    if (batches_.empty()) return false;
    AwaitFront();
    if (const Status& read = batches_.front()->result().status; !read.ok()) return read;
    entered_ = true;
    at_ = 0;
  } while (batches_.front()->result().records.size() == 0);
  return true;
}

}  // namespace tarn::versioning
