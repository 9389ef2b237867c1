#include "catalog/multipart.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "catalog/multipart_locks.h"
#include "catalog/multipart_records.h"
#include "catalog/stage_entry.h"
#include "codec/hex.h"
#include "records/list.h"
#include "records/update.h"
#include "refs/names.h"

namespace tarn::catalog {
namespace {

constexpr size_t kIdBytesMax = 1024;
constexpr size_t kHexDigits = 32;
constexpr size_t kHashBytes = 256 << 10;
// How long another server may take from the claim of an upload to its end; far more than the few
// writes to the KV that lie between. Who has used up half of it does not begin the last ones.
constexpr int64_t kClaimMs = 30'000;
constexpr int64_t kOwnClaimMs = kClaimMs / 2;
// Longer than a part that was on its way when its upload ended takes to be there.
constexpr int64_t kLatePartsMs = 600'000;
// How long what no sweep and no request has met is remembered; sweeps meet all that is left.
constexpr int64_t kForgetMs = 3 * kLatePartsMs;
// The reference refuses to go on with an upload whose id is not hexadecimal. It must not go on with
// ours: it would find no parts and call an empty object complete.
constexpr char kOwnMark = 'u';

Status NotFound() { return {Code::kNotFound, "upload not found"}; }
Status Claimed() { return {Code::kSlowDown, "the upload is being completed"}; }

bool IsHex(std::string_view text) {
  return text.size() == kHexDigits && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string NewId(Random& random) {
  std::string id = NewUuid(random);
  std::erase(id, '-');
  return kOwnMark + id;
}

bool IsOwnId(std::string_view id) { return id.starts_with(kOwnMark) && IsHex(id.substr(1)); }

bool Fits(const MultipartUpload& upload, const UploadName& name) {
  return upload.branch == name.branch && upload.path == name.path &&
         upload.presigned == !name.address.empty() &&
         (!upload.presigned || upload.address == name.address);
}

/// The record of an upload that runs; kNotFound.
Result<StoredUpload> ReadRunning(kv::Store& kv, std::string_view partition, std::string_view id) {
  const std::string key = UploadKey(id);
  TARN_TRY_ASSIGN(auto found, kv.Get(partition, key));
  if (!found) return NotFound();
  TARN_TRY_ASSIGN(UploadRecord record, DecodeUpload(key, *found));
  if (record.ended) return NotFound();
  return StoredUpload{*std::move(found), std::move(record)};
}

/// Feeds a whole object to `md5`, and to `to` unless that is null.
Status HashBytes(block::ObjectStream& from, Md5Hasher* md5, block::ObjectWriter* to) {
  std::vector<char> buffer(kHashBytes);
  for (;;) {
    TARN_TRY_ASSIGN(const size_t got, from.Read(buffer));
    if (got == 0) return {};
    md5->Update({buffer.data(), got});
    if (to != nullptr) TARN_TRY(to->Write({buffer.data(), got}));
  }
}

}  // namespace

Status CheckPartOrder(std::span<const PartTag> parts) {
  if (parts.empty()) return {Code::kInvalidRequest, "parts are required"};
  int64_t last = 0;
  for (const PartTag& part : parts) {
    TARN_TRY(CheckPartNumber(part.number));
    if (part.number <= last)
      return {Code::kInvalidRequest, "parts must be in ascending order of their numbers"};
    last = part.number;
  }
  return {};
}

/// The parts that a client wants, and what their object will be.
struct MultipartUploads::Chosen {
  /// Of each part the attempts with its entity tag, latest first: the last one may have been cut
  /// off before its object was stored.
  std::vector<std::vector<PartRecord>> parts;
  int64_t size = 0;
  std::string entity_tag;
};

MultipartUploads::MultipartUploads(Catalog& catalog)
    : catalog_(catalog), context_(catalog.context()), locks_(std::make_unique<Locks>()) {}

MultipartUploads::~MultipartUploads() = default;

UploadPlace MultipartUploads::PlaceOf(const refs::Repository& repository, std::string_view id) {
  return {repository.partition(), repository.storage_namespace.str(), std::string(id)};
}

Result<MultipartUpload> MultipartUploads::Start(const refs::Repository& repository,
                                                MultipartUpload upload) {
  TARN_TRY(refs::CheckNewPath("path", upload.path));
  upload.id = NewId(context_.random);
  upload.created = context_.clock.Now();
  TARN_TRY(context_.kv.SetIf(repository.partition(), UploadKey(upload.id),
                             EncodeUpload({upload, false}), kv::Predicate::Absent()));
  return upload;
}

Result<MultipartUpload> MultipartUploads::Find(const refs::Repository& repository,
                                               const UploadName& name) {
  auto found = Get(repository, name);
  const bool may_be_foreign = found.code() == Code::kNotFound && name.address.empty() &&
                              !name.id.empty() && name.id.size() <= kIdBytesMax &&
                              !IsOwnId(name.id);
  if (may_be_foreign) return TakeOver(repository, name);
  return found;
}

Result<MultipartUpload> MultipartUploads::Get(const refs::Repository& repository,
                                              const UploadName& name) {
  if (name.id.empty() || name.id.size() > kIdBytesMax) return NotFound();
  TARN_TRY_ASSIGN(StoredUpload found, ReadRunning(context_.kv, repository.partition(), name.id));
  if (!Fits(found.record.upload, name)) return NotFound();
  return std::move(found.record.upload);
}

/// Makes an upload that the reference has begun one of ours. Its record tells neither repository
/// nor branch: they are those with which it is first named. Its parts in a local directory are
/// "<upload id>-<number>" at the top of the namespace.
Result<MultipartUpload> MultipartUploads::TakeOver(const refs::Repository& repository,
                                                   const UploadName& name) {
  kv::Store& kv = context_.kv;
  const Locks::Hold hold(*locks_, name.id);
  TARN_TRY_ASSIGN(const auto tracked, kv.Get(records::kTrackerPartition, name.id));
  if (!tracked) return NotFound();
  TARN_TRY_ASSIGN(const auto taken, kv.Get(repository.partition(), UploadKey(name.id)));
  if (taken) return Get(repository, name);  // by another request just now, or with another branch
  TARN_TRY_ASSIGN(MultipartUpload upload, DecodeTracker(*tracked));
  if (upload.path != name.path) return NotFound();
  const auto branch = context_.refs.GetBranch(repository, name.branch);
  if (branch.code() == Code::kBranchNotFound) return NotFound();
  TARN_TRY(branch.status());
  upload.id = name.id;
  upload.branch = name.branch;
  upload.address.clear();

  std::vector<std::pair<std::string, std::string>> records;
  for (int number = 1; IsHex(name.id) && number <= kPartNumberMax; ++number) {
    PartRecord record{.address = fmt::format("{}-{:05}", name.id, number), .part = {}};
    const block::ObjectPointer object{repository.storage_namespace.view(), record.address};
    TARN_TRY_ASSIGN(const auto exists, context_.objects.Stat(object));
    if (!exists) continue;
    TARN_TRY_ASSIGN(const auto stream, context_.objects.OpenStream(object, {}));
    Md5Hasher md5;
    TARN_TRY(HashBytes(*stream, &md5, nullptr));
    record.part.checksum = ToHex(AsView(md5.Finish()));
    record.part.size = stream->properties().size;
    record.part.last_modified = stream->properties().last_modified;
    records.emplace_back(KeyOfPart(name.id, {number, 1}), EncodePart(record));
  }
  std::vector<kv::Put> puts;
  for (const auto& [key, bytes] : records) puts.push_back({key, bytes});
  for (const Status& put : kv.SetMany(repository.partition(), puts)) TARN_TRY(put);
  const Status taken_over = kv.SetIf(repository.partition(), UploadKey(name.id),
                                     EncodeUpload({upload, false}), kv::Predicate::Absent());
  if (taken_over.code() == Code::kPredicateFailed) return Get(repository, name);
  TARN_TRY(taken_over);
  return upload;
}

Result<refs::Page<MultipartUpload>> MultipartUploads::List(const refs::Repository& repository,
                                                           std::string_view after_path,
                                                           std::string_view after_id, int amount) {
  using Place = std::pair<std::string, std::string>;
  std::map<Place, MultipartUpload> first;  // one more than asked for, at most
  const auto visit = [&](std::string_view key, std::string_view bytes) -> Status {
    TARN_TRY_ASSIGN(UploadRecord record, DecodeUpload(key, bytes));
    MultipartUpload& upload = record.upload;
    if (record.ended || upload.presigned || upload.path < after_path) return {};
    if (upload.path == after_path && (after_id.empty() || upload.id <= after_id)) return {};
    Place place(upload.path, upload.id);
    first.emplace(std::move(place), std::move(upload));
    if (first.size() > static_cast<size_t>(amount) + 1) first.erase(std::prev(first.end()));
    return {};
  };
  TARN_TRY(
      records::ForEachRecord(context_.kv, repository.partition(), records::kUploadPrefix, visit));
  refs::Page<MultipartUpload> page;
  page.has_more = first.size() > static_cast<size_t>(amount);
  if (page.has_more) first.erase(std::prev(first.end()));
  for (auto& [place, upload] : first) page.items.push_back(std::move(upload));
  return page;
}

Result<MultipartUploads::Chosen> MultipartUploads::Choose(const UploadPlace& place,
                                                          std::span<const PartTag> tags) {
  std::map<int64_t, std::vector<PartRecord>> all;
  const auto visit = [&](std::string_view key, std::string_view bytes) -> Status {
    const auto part = ParsePartKey(place.id, key);
    if (!part) return {};
    TARN_TRY_ASSIGN(PartRecord record, DecodePart(bytes));
    auto& attempts = all[part->number];
    attempts.insert(attempts.begin(), std::move(record));
    return {};
  };
  TARN_TRY(records::ForEachRecord(context_.kv, place.partition, PartsPrefix(place.id), visit));
  Chosen chosen;
  Md5Hasher md5_of_parts;
  for (const PartTag& tag : tags) {
    auto& attempts = all[tag.number];
    if (attempts.empty())
      return Status(Code::kInvalidRequest, fmt::format("part {} was not uploaded", tag.number));
    const std::string_view wanted = WithoutQuotes(tag.entity_tag);
    std::erase_if(attempts, [&](const PartRecord& r) { return r.part.checksum != wanted; });
    if (attempts.empty())
      return Status(Code::kInvalidRequest,
                    fmt::format("part {} does not have that entity tag", tag.number));
    chosen.size += attempts.front().part.size;
    md5_of_parts.Update(FromHex(wanted).value_or(""));
    chosen.parts.push_back(std::move(attempts));
  }
  chosen.entity_tag = fmt::format("{}-{}", ToHex(AsView(md5_of_parts.Finish())), tags.size());
  return chosen;
}

/// The address of an upload's object. One that was given out may be taken by a completion that was
/// cut off, and what it holds may be visible: it is never written again.
Result<std::string> MultipartUploads::AddressOf(const UploadPlace& place,
                                                const MultipartUpload& upload) {
  if (upload.address.empty()) return catalog_.NewAddress();
  TARN_TRY_ASSIGN(const auto taken,
                  context_.objects.Stat({place.storage_namespace, upload.address}));
  return taken ? catalog_.NewAddress() : upload.address;
}

/// Writes the object from its parts, durably; nobody sees it yet.
Status MultipartUploads::Assemble(const UploadPlace& place, const MultipartUpload& upload,
                                  const Chosen& chosen, Entry* entry) {
  TARN_TRY_ASSIGN(entry->address, AddressOf(place, upload));
  const block::ObjectPointer target{place.storage_namespace, entry->address};
  const bool tag_of_bytes = context_.objects.info().multipart_tag_of_bytes;
  TARN_TRY_ASSIGN(const auto writer,
                  context_.objects.Create(target, {.size_hint = chosen.size, .create_only = true}));
  Md5Hasher md5;
  const auto append = [&](const PartRecord& part) -> Status {
    const block::ObjectPointer object{place.storage_namespace, part.address};
    if (!tag_of_bytes) return writer->Append(context_.objects, object, 0, part.part.size);
    TARN_TRY_ASSIGN(const auto stream, context_.objects.OpenStream(object, {0, part.part.size}));
    if (stream->properties().size < part.part.size)
      return {Code::kIo, "object is shorter than its store says"};
    return HashBytes(*stream, &md5, writer.get());
  };
  for (const auto& attempts : chosen.parts) {
    Status appended;
    for (const PartRecord& part : attempts) {
      appended = append(part);
      if (appended.code() != Code::kDataNotFound) break;
    }
    if (appended.code() == Code::kDataNotFound)
      return {Code::kInvalidRequest, "a part was not uploaded"};
    TARN_TRY(appended);
  }
  TARN_TRY_ASSIGN(const block::ObjectProperties stored, writer->Commit());
  entry->checksum = tag_of_bytes ? ToHex(AsView(md5.Finish())) : chosen.entity_tag;
  entry->size = stored.size;
  entry->last_modified = stored.last_modified;
  return {};
}

Result<PathEntry> MultipartUploads::Complete(const refs::Repository& repository,
                                             const UploadName& name,
                                             const CompletionRequest& request) {
  TARN_TRY(CheckPartOrder(request.parts));
  TARN_TRY(refs::CheckBranchId("branch", name.branch));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, name.branch, /*force=*/false));
  if (!request.is_found) {
    TARN_TRY(context_.refs.GetBranch(repository, name.branch));
    TARN_TRY(Find(repository, name));  // may take it over, which locks
  }
  const Locks::Hold hold(*locks_, name.id);
  TARN_TRY_ASSIGN(MultipartUpload upload, Get(repository, name));
  if (request.condition == versioning::SetCondition::kAbsent &&
      catalog_.GetEntry(repository, name.branch.view(), name.path).ok())
    return Status(Code::kPreconditionFailed, "path already exists");
  const UploadPlace place = PlaceOf(repository, name.id);
  TARN_TRY_ASSIGN(const Chosen chosen, Choose(place, request.parts));
  PathEntry done{.path = name.path, .entry = {}};
  Entry& entry = done.entry;
  TARN_TRY(Assemble(place, upload, chosen, &entry));
  entry.metadata = upload.presigned ? request.metadata : upload.metadata;
  entry.content_type = upload.presigned ? request.content_type : upload.content_type;
  if (entry.content_type.empty()) entry.content_type = kDefaultContentType;
  TARN_TRY(MakeVisible(repository, name, upload, entry, request.condition));
  return done;
}

/// Stages the entry of an upload's object and ends the upload. After a failure nobody has the
/// object, and it goes, unless its address was given out: then its client may have linked it.
Status MultipartUploads::MakeVisible(const refs::Repository& repository, const UploadName& name,
                                     const MultipartUpload& upload, const Entry& entry,
                                     versioning::SetCondition condition) {
  const UploadPlace place = PlaceOf(repository, name.id);
  block::UnlinkedObject object(context_.objects, place.storage_namespace, entry.address);
  if (entry.address == upload.address) object.Release();
  const int64_t since_ms = context_.clock.MonotonicMs();
  TARN_TRY_ASSIGN(StoredUpload claimed, Claim(place));
  // Another server that has seen the claim takes it over when it is old.
  Status staged = Claimed();
  if (context_.clock.MonotonicMs() - since_ms < kOwnClaimMs) {
    staged = StageEntry(context_, repository, name.branch, name.path, entry, condition, &object);
  }
  if (!staged.ok()) {
    IgnoreError(
        context_.kv.SetIf(place.partition, UploadKey(place.id), EncodeUpload({upload, false}),
                          kv::Predicate::Equals(claimed.bytes)),
        "the claim grows old");
    return staged;
  }
  const Status ended = End(place, std::move(claimed));
  // Somebody else has ended the upload; which of the two objects is seen nobody can tell.
  if (ended.code() == Code::kPredicateFailed) return NotFound();
  // The object is there. What cannot be removed now is in nobody's way.
  if (!ended.ok()) TARN_LOG_WARN("parts of a completed upload stay: {}", ended.ToString());
  return {};
}

Status MultipartUploads::Abort(const refs::Repository& repository, const UploadName& name) {
  TARN_TRY(Find(repository, name));  // may take it over, which locks
  const Locks::Hold hold(*locks_, name.id);
  const UploadPlace place = PlaceOf(repository, name.id);
  return records::RetryLost(context_.random, "upload", [&]() -> Status {
    TARN_TRY_ASSIGN(StoredUpload found, FindUnclaimed(place));
    return End(place, std::move(found));
  });
}

/// The record of an upload that runs, if nobody is about to make its object visible.
Result<StoredUpload> MultipartUploads::FindUnclaimed(const UploadPlace& place) {
  kv::Store& kv = context_.kv;
  TARN_TRY_ASSIGN(StoredUpload found, ReadRunning(kv, place.partition, place.id));
  const std::string& claim = found.record.claim;
  // Threads of this process that hold a claim also hold the lock.
  const bool alive = !claim.empty() && kv.traits().shared &&
                     !locks_->IsOld(claim, context_.clock.MonotonicMs(), kClaimMs);
  if (alive) return Claimed();
  return found;
}

/// Takes an upload for making its object visible, so that it is neither completed twice nor given
/// up meanwhile; its record.
Result<StoredUpload> MultipartUploads::Claim(const UploadPlace& place) {
  StoredUpload claimed;
  TARN_TRY(records::RetryLost(context_.random, "upload", [&]() -> Status {
    TARN_TRY_ASSIGN(StoredUpload found, FindUnclaimed(place));
    claimed.record = std::move(found.record);
    claimed.record.claim = context_.xids.New();
    claimed.bytes = EncodeUpload(claimed.record);
    return context_.kv.SetIf(place.partition, UploadKey(place.id), claimed.bytes,
                             kv::Predicate::Equals(found.bytes));
  }));
  return claimed;
}

/// Once the end is recorded no part can be added any more; what is left then may be removed at
/// leisure. kPredicateFailed if the record is not the one that was found.
Status MultipartUploads::End(const UploadPlace& place, StoredUpload found) {
  found.record.ended = true;
  TARN_TRY(context_.kv.SetIf(place.partition, UploadKey(place.id), EncodeUpload(found.record),
                             kv::Predicate::Equals(found.bytes)));
  return RemoveObjects(place);
}

/// Removes the parts that are there. Their records stay until no part can be on its way any more.
Status MultipartUploads::RemoveObjects(const UploadPlace& place) {
  kv::Store& kv = context_.kv;
  std::vector<std::string> addresses;
  const auto visit = [&](std::string_view, std::string_view bytes) -> Status {
    TARN_TRY_ASSIGN(PartRecord record, DecodePart(bytes));
    addresses.push_back(std::move(record.address));
    return {};
  };
  TARN_TRY(records::ForEachRecord(kv, place.partition, PartsPrefix(place.id), visit));
  TARN_TRY(context_.objects.RemoveAll(place.storage_namespace, addresses));
  return IsOwnId(place.id) ? Status() : kv.Delete(records::kTrackerPartition, place.id);
}

Status MultipartUploads::SweepUpload(const UploadPlace& place, bool first_pass) {
  kv::Store& kv = context_.kv;
  const bool nobody_else = first_pass && !kv.traits().shared;
  const int64_t now_ms = context_.clock.MonotonicMs();
  if (!nobody_else && !locks_->IsOld(place.id, now_ms, kLatePartsMs)) return {};
  TARN_TRY(RemoveObjects(place));
  TARN_TRY(kv.Drop(place.partition, PartsPrefix(place.id)));
  TARN_TRY(kv.Delete(place.partition, UploadKey(place.id)));
  locks_->Forget(place.id);
  return {};
}

Status MultipartUploads::SweepRepository(const refs::Repository& repository, bool first_pass) {
  const auto sweep = [&](std::string_view key, std::string_view bytes) -> Status {
    TARN_TRY_ASSIGN(const UploadRecord record, DecodeUpload(key, bytes));
    if (!record.ended) return {};
    const Locks::Hold hold(*locks_, record.upload.id);
    return SweepUpload(PlaceOf(repository, record.upload.id), first_pass);
  };
  const auto visit = [&](std::string_view key, std::string_view bytes) -> Status {
    const Status swept = sweep(key, bytes);
    if (!swept.ok()) {
      TARN_LOG_WARN("an ended upload stays for now: repository={} {} {}", repository.id.str(), key,
                    swept.ToString());
    }
    return {};
  };
  return records::ForEachRecord(context_.kv, repository.partition(), records::kUploadPrefix, visit);
}

Status MultipartUploads::SweepEnded() {
  const bool first_pass = !locks_->SweptBefore();
  TARN_TRY(context_.refs.ForEachRepository("", [&](const refs::Repository& repository) -> Status {
    const Status swept = SweepRepository(repository, first_pass);
    if (!swept.ok()) {
      TARN_LOG_WARN("ended uploads not swept: repository={} {}", repository.id.str(),
                    swept.ToString());
    }
    return {};
  }));
  locks_->ForgetUnseen(context_.clock.MonotonicMs(), kForgetMs);
  return {};
}

}  // namespace tarn::catalog
