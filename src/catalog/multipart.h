// Uploads in parts, for REST's presigned ones and the S3 gateway alike, over any object store.
//
// An upload and its parts are records in the repository's partition of the KV (docs/formats/kv.md);
// the bytes of a part are an object of their own, which nothing else knows and garbage collection
// does not look at (docs/formats/multipart.md). A part's record is written before its object, and
// an upload's end is recorded before anything of it is removed: whatever is interrupted can be
// removed later. Uploads that the reference has begun are taken over when they are first named.
// Level 7; thread-safe, blocks.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "block/client_uploads.h"
#include "catalog/catalog.h"
#include "codec/digest.h"

namespace tarn::catalog {

inline constexpr int kPartNumberMax = 10'000;

/// An upload that runs.
struct MultipartUpload {
  std::string id;
  BranchId branch;
  std::string path;
  Timestamp created;
  std::string address;  ///< Where the object will be; empty: decided at its completion.
  Metadata metadata;
  std::string content_type;
  bool presigned = false;  ///< Of REST; else of the S3 gateway.
};

/// What a client names an upload by. It is found only where all of it fits.
struct UploadName {
  std::string id;
  BranchId branch;
  std::string path;
  std::string address;  ///< Of a presigned upload; empty: one of the gateway.
};

/// The same once all was checked: what a part needs to know of its upload.
struct UploadPlace {
  std::string partition;  ///< Of the repository's records.
  std::string storage_namespace;
  std::string id;
};

struct UploadedPart {
  int64_t number = 0;
  std::string checksum;  ///< MD5 in hex.
  int64_t size = 0;      ///< Bytes.
  Timestamp last_modified;
};

using block::PartTag;

struct CompletionRequest {
  std::vector<PartTag> parts;
  versioning::SetCondition condition = versioning::SetCondition::kNone;
  bool is_found = false;  ///< The caller has looked the upload and its branch up.
  /// Of a presigned upload; the gateway's are those that the upload began with.
  Metadata metadata;
  std::string content_type;
};

struct StoredUpload;

/// A part on its way. Destroyed before Finish, it leaves nothing. One thread at a time.
class PartUpload {
 public:
  ~PartUpload();
  Status Write(std::span<const char> bytes);
  /// The MD5 of all bytes. None may be written after it.
  const Md5Digest& Digest();
  /// Makes the part durable; it replaces an older one of its number. kNotFound "upload not found"
  /// when the upload has ended meanwhile.
  Result<UploadedPart> Finish();

 private:
  friend class MultipartUploads;
  PartUpload(versioning::Context& context, UploadPlace place, int64_t number);
  block::ObjectPointer object() const { return {place_.storage_namespace, address_}; }
  Result<std::string> AddRecord(const std::string& bytes);
  Status RemoveObject();
  Status Settle(const std::string& key, const std::string& own);

  versioning::Context& context_;
  const UploadPlace place_;
  const int64_t number_;
  const std::string address_;
  std::unique_ptr<block::ObjectWriter> writer_;
  Md5Hasher md5_;
  std::optional<Md5Digest> digest_;
  int64_t size_ = 0;
};

class MultipartUploads {
 public:
  explicit MultipartUploads(Catalog& catalog);
  ~MultipartUploads();

  /// Starts an upload; id and time are chosen here.
  Result<MultipartUpload> Start(const refs::Repository& repository, MultipartUpload upload);
  /// A running upload; kNotFound "upload not found".
  Result<MultipartUpload> Find(const refs::Repository& repository, const UploadName& name);
  static UploadPlace PlaceOf(const refs::Repository& repository, std::string_view id);

  /// Starts a part. kNotFound "upload not found", kInvalidRequest for the number.
  Result<std::unique_ptr<PartUpload>> BeginPart(const UploadPlace& place, int64_t number,
                                                std::optional<int64_t> size_hint);
  /// Stores the next bytes of another object as a part. As BeginPart and Finish; kIo if they end
  /// before.
  Result<UploadedPart> CopyPart(const UploadPlace& place, int64_t number, block::ObjectStream& from,
                                int64_t length);
  /// Parts with numbers over `after`, ascending. `amount` is at least one.
  Result<refs::Page<UploadedPart>> ListParts(const UploadPlace& place, int64_t after, int amount);
  /// Uploads of the gateway by path, then by id, after those two. An empty `after_id` means all ids
  /// of that path. `amount` is at least one.
  Result<refs::Page<MultipartUpload>> List(const refs::Repository& repository,
                                           std::string_view after_path, std::string_view after_id,
                                           int amount);

  /// Makes the object of the parts durable and visible, and ends the upload. kNotFound "upload not
  /// found", also when another server took this one for dead and ended the upload before it;
  /// kInvalidRequest when a part is missing, out of order, or not the one that the entity tag says;
  /// kSlowDown while another server makes the object visible; else as Catalog::LinkObject. After a
  /// failure the upload goes on. The checksum of the object is "<MD5 of the parts' MD5s>-<number of
  /// parts>", or as the store makes it.
  Result<PathEntry> Complete(const refs::Repository& repository, const UploadName& name,
                             const CompletionRequest& request);
  /// Ends an upload and removes its parts. kNotFound "upload not found"; kSlowDown as Complete.
  Status Abort(const refs::Repository& repository, const UploadName& name);
  /// Removes what is left of ended uploads, also parts that came too late. For a background thread,
  /// at start and then every few minutes. What fails is logged, and keeps nothing else from going.
  Status SweepEnded();

 private:
  class Locks;
  struct Chosen;
  Result<MultipartUpload> Get(const refs::Repository& repository, const UploadName& name);
  Result<MultipartUpload> TakeOver(const refs::Repository& repository, const UploadName& name);
  Result<Chosen> Choose(const UploadPlace& place, std::span<const PartTag> tags);
  Result<std::string> AddressOf(const UploadPlace& place, const MultipartUpload& upload);
  Status Assemble(const UploadPlace& place, const MultipartUpload& upload, const Chosen& chosen,
                  Entry* entry);
  Status MakeVisible(const refs::Repository& repository, const UploadName& name,
                     const MultipartUpload& upload, const Entry& entry,
                     versioning::SetCondition condition);
  Result<StoredUpload> FindUnclaimed(const UploadPlace& place);
  Result<StoredUpload> Claim(const UploadPlace& place);
  Status End(const UploadPlace& place, StoredUpload found);
  Status RemoveObjects(const UploadPlace& place);
  Status SweepUpload(const UploadPlace& place, bool first_pass);
  Status SweepRepository(const refs::Repository& repository, bool first_pass);

  Catalog& catalog_;
  versioning::Context& context_;
  const std::unique_ptr<Locks> locks_;
};

/// kInvalidRequest unless there are parts, in ascending order of valid numbers.
Status CheckPartOrder(std::span<const PartTag> parts);
/// kInvalidRequest unless parts are numbered 1 to kPartNumberMax.
Status CheckPartNumber(int64_t number);

}  // namespace tarn::catalog
