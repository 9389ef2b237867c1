#include "block/remote/part_writer.h"

#include <algorithm>
#include <utility>

#include "base/blocking.h"
#include "base/check.h"

namespace tarn::block::remote {
namespace {

constexpr size_t kPartBytes = 8 << 20;
/// What is announced to be no larger is kept for one request.
constexpr int64_t kSingleBytesMax = 16 << 20;
/// After so many parts they become twice as large, so that an object of any size has room.
constexpr int kPartsOfASize = 1000;
/// Of an object whose size was not announced: it may be a small one.
constexpr size_t kFirstBytes = 256 << 10;

}  // namespace

PartWriter::PartWriter(std::unique_ptr<PartUpload> upload, const PartRules& rules,
                       http::ByteBudget& budget, const WriteOptions& options)
    : upload_(std::move(upload)), rules_(rules), options_(options), lease_(budget) {}

size_t PartWriter::PartBytes() const {
  const int64_t announced = options_.size_hint.value_or(0);
  if (announced > 0 && announced <= kSingleBytesMax) return static_cast<size_t>(kSingleBytesMax);
  const int64_t least = announced / rules_.parts_max + 1;
  const int64_t units = (least + rules_.unit_bytes - 1) / rules_.unit_bytes;
  return std::max(static_cast<size_t>(units * rules_.unit_bytes),
                  kPartBytes << (upload_->part_count() / kPartsOfASize));
}

/// Makes room for so many bytes of a part: at once for all that it can become, since a buffer that
/// doubles holds up to three times its content while it grows.
Status PartWriter::MakeRoom(size_t bytes) {
  if (bytes <= buffer_.capacity()) return {};
  const auto announced = static_cast<size_t>(std::max<int64_t>(0, options_.size_hint.value_or(0)));
  size_t room = PartBytes();
  if (bytes <= kFirstBytes && !options_.size_hint) room = std::min(room, kFirstBytes);
  if (bytes <= announced) room = std::min(room, announced);
  if (!lease_.Resize(static_cast<int64_t>(room), http::ByteBudget::Share::kWhole)) {
    return {Code::kSlowDown, "too many uploads to the object store are in memory"};
  }
  std::string larger;
  larger.reserve(room);
  larger.append(buffer_);
  buffer_ = std::move(larger);
  return {};
}

Status PartWriter::Flush() {
  if (!upload_->has_begun()) TARN_TRY(upload_->Begin(options_.create_only));
  if (buffer_.empty()) return {};
  TARN_TRY(upload_->AddPart(buffer_));
  buffer_.clear();
  return {};
}

Status PartWriter::Write(std::span<const char> bytes) {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!is_committed_);
  while (!bytes.empty()) {
    const size_t part_bytes = PartBytes();
    // A full part waits for the byte after it: it may be the whole object.
    if (buffer_.size() >= part_bytes) {
      TARN_TRY(Flush());
      continue;
    }
    const size_t taken = std::min(bytes.size(), part_bytes - buffer_.size());
    TARN_TRY(MakeRoom(buffer_.size() + taken));
    buffer_.append(bytes.data(), taken);
    bytes = bytes.subspan(taken);
  }
  return {};
}

Result<ObjectProperties> PartWriter::Commit() {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!is_committed_);
  is_committed_ = true;
  return upload_->has_begun() ? upload_->Complete(buffer_, options_.create_only)
                              : upload_->Put(buffer_, options_.create_only);
}

}  // namespace tarn::block::remote
