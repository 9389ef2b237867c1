// Objects of repositories: the one upload path, the one read path, and listings. Used by REST and
// S3 alike. Level 7; thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/digest.h"
#include "codec/entry.h"
#include "versioning/branch/staged_write.h"
#include "versioning/context.h"

namespace tarn::catalog {

/// A path with what it points to.
struct PathEntry {
  std::string path;
  Entry entry;
};

/// An object or a common prefix of a listing. Borrowed for the call of ListingSink.
struct ListedItem {
  std::string_view path;
  bool is_prefix = false;
  EntryView entry;  ///< Objects only.
};

/// Longest page of a listing or a difference.
inline constexpr int kListAmountMax = 10'000;
inline constexpr int kDiffAmountMax = 1'000;
inline constexpr int kAmountDefault = 100;

struct ListRequest {
  std::string ref;
  std::string prefix, after, delimiter;
  int amount = 100;
};

struct ListEnd {
  bool has_more = false;
  std::string next_offset;  ///< Path of the last item, if there are more.
  int results = 0;
};

struct DiffItem {
  committed::DiffKind kind = committed::DiffKind::kAdded;
  std::string path;
  bool is_prefix = false;
  bool has_entry = false;
  Entry entry;  ///< Of the side that the reference reports; has_entry says whether there is one.
};

enum class DiffType : uint8_t { kTwoDot, kThreeDot, kUncommitted };

struct DiffRequest {
  DiffType type = DiffType::kThreeDot;
  std::string left, right;  ///< Refs; kUncommitted: left is the branch.
  std::string prefix, after, delimiter;
  int amount = 100;
};

struct UploadRequest {
  BranchId branch;
  std::string path;
  std::string content_type;
  Metadata metadata;
  versioning::SetCondition condition = versioning::SetCondition::kNone;
  std::optional<int64_t> size_hint;
  bool force = false;
};

struct CopyRequest {
  std::string source_ref, source_path;
  BranchId branch;  ///< Of the copy.
  std::string path;
  bool force = false;
  /// Where the source is; nothing: in the repository of the copy.
  std::optional<refs::Repository> source_repository = std::nullopt;
  std::optional<Metadata> metadata = std::nullopt;  ///< Instead of that of the source.
  std::string content_type = {};                    ///< The same; empty: that of the source.
  versioning::SetCondition condition = versioning::SetCondition::kNone;  ///< Of the copy.
  /// Says whether a source may be copied; empty: any.
  std::function<Status(const Entry&)> check_source = nullptr;
};

/// An upload in progress: bytes in, MD5 on the way, linked at the end. Destroyed before Finish, it
/// leaves nothing. One thread at a time.
class Upload {
 public:
  virtual ~Upload() = default;
  virtual Status Write(std::span<const char> bytes) = 0;
  /// The MD5 of all bytes. None may be written after it.
  virtual Md5Digest Digest() = 0;
  /// Makes object and entry durable and visible. `content_type` replaces the request's (multipart
  /// forms).
  virtual Result<PathEntry> Finish(std::optional<std::string> content_type = {}) = 0;
};

class MultipartUploads;

class Catalog {
 public:
  explicit Catalog(versioning::Context& context);
  ~Catalog();
  versioning::Context& context() { return context_; }
  /// Uploads in parts.
  MultipartUploads& multipart() { return *multipart_; }

  /// Looks a repository up; kInvalidValue ("argument <argument>: ...") for a malformed id.
  Result<refs::Repository> GetRepository(const RepositoryId& id,
                                         std::string_view argument = "repository");
  /// The entry of a path at a ref; kNotFound "not found".
  Result<Entry> GetEntry(const refs::Repository& repository, std::string_view ref,
                         std::string_view path);
  /// Opens a range of an entry's object; kDataNotFound when the store has lost it.
  Result<std::unique_ptr<block::ObjectStream>> OpenObject(const refs::Repository& repository,
                                                          const Entry& entry,
                                                          const block::ByteRange& range = {});
  /// Calls `sink` for each item of the page. `amount` <= 0 means 100; at most kListAmountMax.
  Result<ListEnd> List(const refs::Repository& repository, const ListRequest& request,
                       const std::function<Status(const ListedItem&)>& sink);
  Result<refs::Page<DiffItem>> Diff(const refs::Repository& repository, const DiffRequest& request);

  /// Checks everything that can be checked before the body, then opens a new object.
  Result<std::unique_ptr<Upload>> BeginUpload(const refs::Repository& repository,
                                              const UploadRequest& request);
  /// Points a path at an object that is stored already (link and stage). Checks as BeginUpload, but
  /// a missing branch is "branch not found" and the condition fails as "path already exists".
  Status LinkObject(const refs::Repository& repository, const BranchId& branch,
                    std::string_view path, Entry entry, versioning::SetCondition condition,
                    bool force);
  /// Copies an object to a path of a branch. The copy has an address of its own; the checksum
  /// and, unless the request has others, content type and metadata are those of the source.
  /// kDataNotFound when the store has lost the object; kInvalidRequest across storages.
  Result<PathEntry> CopyObject(const refs::Repository& repository, const CopyRequest& request);
  /// Replaces the user metadata of an object; its content headers (content_headers.h) stay unless
  /// they are named. kNotFound "update user metadata on <repository>/<branch>/<path>: not found".
  Status SetUserMetadata(const refs::Repository& repository, const BranchId& branch,
                         std::string_view path, const Metadata& metadata);
  /// An address for a new object, relative to a repository's namespace: "data/<partition>/<xid>".
  std::string NewAddress();
  Status DeleteObject(const refs::Repository& repository, const BranchId& branch,
                      std::string_view path, bool force, bool no_tombstone);
  /// Deletes an object that `holds` is true of, against no other writer. kPreconditionFailed if it
  /// is not, or if there is no object.
  Status DeleteObjectIf(const refs::Repository& repository, const BranchId& branch,
                        std::string_view path, const std::function<bool(const Entry&)>& holds);
  /// One status per path.
  Result<std::vector<Status>> DeleteObjects(const refs::Repository& repository,
                                            const BranchId& branch,
                                            std::span<const std::string> paths, bool force,
                                            bool no_tombstone);
  /// "physical_address" of an entry; the text itself if it is no address of the store.
  Result<std::string> PhysicalAddress(const refs::Repository& repository, std::string_view address,
                                      AddressType type) const;

 private:
  class AddressProvider;
  versioning::Context& context_;
  std::unique_ptr<AddressProvider> addresses_;
  std::unique_ptr<MultipartUploads> multipart_;
};

}  // namespace tarn::catalog
