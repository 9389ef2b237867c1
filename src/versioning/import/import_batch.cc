#include "versioning/import/import_batch.h"

#include <utility>

#include "codec/entry.h"

namespace tarn::versioning {
namespace {
constexpr size_t kRoomToSpare = 16;  // bytes by which the first record may be shorter than most
}  // namespace

void RecordBatch::Add(std::string_view prefix, const block::WalkedObject& object) {
  thread_local Entry entry;  // keeps its strings from one object to the next
  entry.address = object.address;
  entry.address_type = AddressType::kFull;
  entry.last_modified = object.last_modified;
  entry.size = object.size;
  entry.checksum = object.checksum;

  Slot slot;
  slot.start = bytes_.size();
  slot.key_size = static_cast<uint32_t>(prefix.size() + object.relative_key.size());
  bytes_ += prefix;
  bytes_ += object.relative_key;
  bytes_ += AsView(IdentityOf(entry));
  const size_t data = bytes_.size();
  AppendEntry(&bytes_, entry);
  slot.data_size = static_cast<uint32_t>(bytes_.size() - data);
  slots_.push_back(slot);
  if (slots_.size() == 1 && expected_ > 1) {  // records of one batch are much alike
    slots_.reserve(expected_);
    bytes_.reserve((bytes_.size() + kRoomToSpare) * expected_);
  }
}

ValueView RecordBatch::value(size_t i) const {
  const Slot& slot = slots_[i];
  const std::string_view rest = std::string_view(bytes_).substr(slot.start + slot.key_size);
  constexpr size_t kIdentitySize = std::tuple_size_v<EntryIdentity>;
  return {rest.substr(0, kIdentitySize), rest.substr(kIdentitySize, slot.data_size)};
}

std::shared_ptr<BatchTask> MakeBatchTask(std::shared_ptr<JobSignals> signals,
                                         std::function<Status(RecordBatch*)> read) {
  return std::make_shared<BatchTask>([signals = std::move(signals), read = std::move(read)] {
    ReadBatch batch;
    batch.status = signals->stop.load() ? Status(Code::kCancelled) : read(&batch.records);
    return batch;
  });
}

}  // namespace tarn::versioning
