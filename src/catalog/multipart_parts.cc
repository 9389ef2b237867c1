// Parts of uploads: how one is stored, how it replaces another, and the list of them.
#include <algorithm>
#include <utility>

#include "catalog/multipart_records.h"
#include "codec/hex.h"
#include "records/list.h"
#include "records/update.h"

namespace tarn::catalog {
namespace {

constexpr size_t kCopyBytes = 256 << 10;

Status NotFound() { return {Code::kNotFound, "upload not found"}; }

/// Beside the repository's ranges, where garbage collection does not look.
std::string NewPartAddress(versioning::Context& context) {
  return context.settings.block_storage_prefix + "/parts/" + context.xids.New();
}

Result<bool> IsRunning(kv::Store& kv, const UploadPlace& place) {
  const std::string key = UploadKey(place.id);
  TARN_TRY_ASSIGN(const auto found, kv.Get(place.partition, key));
  if (!found) return false;
  TARN_TRY_ASSIGN(const UploadRecord record, DecodeUpload(key, *found));
  return !record.ended;
}

}  // namespace

Status CheckPartNumber(int64_t number) {
  if (number >= 1 && number <= kPartNumberMax) return {};
  return {Code::kInvalidRequest,
          "part numbers are between 1 and " + std::to_string(kPartNumberMax)};
}

PartUpload::PartUpload(versioning::Context& context, UploadPlace place, int64_t number)
    : context_(context),
      place_(std::move(place)),
      number_(number),
      address_(NewPartAddress(context)) {}

PartUpload::~PartUpload() = default;

Status PartUpload::Write(std::span<const char> bytes) {
  md5_.Update({bytes.data(), bytes.size()});
  size_ += static_cast<int64_t>(bytes.size());
  return writer_->Write(bytes);
}

const Md5Digest& PartUpload::Digest() {
  if (!digest_) digest_ = md5_.Finish();
  return *digest_;
}

Status PartUpload::RemoveObject() {
  return context_.objects.RemoveAll(place_.storage_namespace, std::span(&address_, 1));
}

/// Writes the record as the latest attempt at this number; its key. Where later attempts come and
/// go meanwhile, it may be a key that one of them had.
Result<std::string> PartUpload::AddRecord(const std::string& bytes) {
  kv::Store& kv = context_.kv;
  std::string key;
  PartKey next;
  const auto see = [&](std::string_view found, std::string_view) {
    if (const auto last = ParsePartKey(place_.id, found)) next.attempt = last->attempt + 1;
    return Status();
  };
  const auto add = [&]() -> Status {
    next = {number_, 1};
    TARN_TRY(records::ForEachRecord(kv, place_.partition, PartPrefix(place_.id, number_), see));
    key = KeyOfPart(place_.id, next);
    return kv.SetIf(place_.partition, key, bytes, kv::Predicate::Absent());
  };
  TARN_TRY(records::RetryLost(context_.random, "part", add));
  return key;
}

Result<UploadedPart> PartUpload::Finish() {
  PartRecord record{.address = address_,
                    .part = {.number = number_,
                             .checksum = ToHex(AsView(Digest())),
                             .size = size_,
                             .last_modified = context_.clock.Now()}};
  // First the record: whatever happens next, the end of the upload will remove the object.
  const std::string bytes = EncodePart(record);
  TARN_TRY_ASSIGN(const std::string key, AddRecord(bytes));
  const auto stored = writer_->Commit();
  if (!stored.ok()) {
    Status removed = RemoveObject();
    if (removed.ok()) removed = records::RemoveIfStill(context_.kv, place_.partition, key, bytes);
    IgnoreError(removed, "removed with the upload");
    return stored.status();
  }
  TARN_TRY(Settle(key, bytes));
  return record.part;
}

/// Removes what this part replaces, or this part if it came too late. Only the records that it has
/// seen: their keys may be of other attempts by then.
Status PartUpload::Settle(const std::string& key, const std::string& own) {
  kv::Store& kv = context_.kv;
  std::vector<std::pair<std::string, std::string>> older_records;
  std::vector<std::string> addresses;
  bool recorded = false;
  TARN_TRY(records::ForEachRecord(
      kv, place_.partition, PartPrefix(place_.id, number_),
      [&](std::string_view attempt, std::string_view bytes) -> Status {
        TARN_TRY_ASSIGN(PartRecord record, DecodePart(bytes));
        recorded = recorded || record.address == address_;
        if (attempt >= key) return {};
        // What is not there yet may still come; it goes with the upload.
        const block::ObjectPointer older{place_.storage_namespace, record.address};
        TARN_TRY_ASSIGN(const auto stored, context_.objects.Stat(older));
        if (!stored) return {};
        older_records.emplace_back(attempt, bytes);
        addresses.push_back(std::move(record.address));
        return {};
      }));
  TARN_TRY_ASSIGN(const bool running, IsRunning(kv, place_));
  if (!running || !recorded) {
    TARN_TRY(RemoveObject());
    if (recorded) TARN_TRY(records::RemoveIfStill(kv, place_.partition, key, own));
    return running ? Status() : NotFound();
  }
  if (older_records.empty()) return {};
  TARN_TRY(context_.objects.RemoveAll(place_.storage_namespace, addresses));
  for (const auto& [attempt, bytes] : older_records)
    TARN_TRY(records::RemoveIfStill(kv, place_.partition, attempt, bytes));
  return {};
}

Result<std::unique_ptr<PartUpload>> MultipartUploads::BeginPart(const UploadPlace& place,
                                                                int64_t number,
                                                                std::optional<int64_t> size_hint) {
  TARN_TRY(CheckPartNumber(number));
  TARN_TRY_ASSIGN(const bool running, IsRunning(context_.kv, place));
  if (!running) return NotFound();
  std::unique_ptr<PartUpload> part(new PartUpload(context_, place, number));
  TARN_TRY_ASSIGN(part->writer_, context_.objects.Create(part->object(), {.size_hint = size_hint}));
  return part;
}

Result<UploadedPart> MultipartUploads::CopyPart(const UploadPlace& place, int64_t number,
                                                block::ObjectStream& from, int64_t length) {
  TARN_TRY_ASSIGN(const auto part, BeginPart(place, number, length));
  std::vector<char> buffer(std::min(kCopyBytes, static_cast<size_t>(length)));
  while (length > 0) {
    const size_t wanted = std::min(buffer.size(), static_cast<size_t>(length));
    TARN_TRY_ASSIGN(const size_t got, from.Read(std::span(buffer).first(wanted)));
    if (got == 0) return Status(Code::kIo, "object is shorter than its store says");
    TARN_TRY(part->Write({buffer.data(), got}));
    length -= static_cast<int64_t>(got);
  }
  return part->Finish();
}

Result<refs::Page<UploadedPart>> MultipartUploads::ListParts(const UploadPlace& place,
                                                             int64_t after, int amount) {
  refs::Page<UploadedPart> page;
  TARN_TRY_ASSIGN(auto records, context_.kv.Scan(place.partition, PartsPrefix(place.id)));
  TARN_TRY(records->Seek(PartPrefix(place.id, after + 1)));
  // Of each number the latest attempt whose object is there.
  std::optional<UploadedPart> part;
  for (;;) {
    const bool valid = records->Valid();
    std::optional<PartKey> key;
    if (valid) key = ParsePartKey(place.id, records->key());
    if (part && (!key || key->number != part->number)) {
      page.has_more = page.items.size() == static_cast<size_t>(amount);
      if (page.has_more) return page;
      page.items.push_back(*std::exchange(part, std::nullopt));
    }
    if (!valid) return page;
    if (key) {
      TARN_TRY_ASSIGN(PartRecord record, DecodePart(records->value()));
      TARN_TRY_ASSIGN(const auto stored,
                      context_.objects.Stat({place.storage_namespace, record.address}));
      record.part.number = key->number;
      if (stored) part = record.part;
    }
    TARN_TRY(records->Next());
  }
}

}  // namespace tarn::catalog
