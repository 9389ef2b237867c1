// The upload path: checks first, bytes straight to the object store, the link last.
#include <utility>

#include "catalog/catalog.h"
#include "catalog/stage_entry.h"
#include "codec/digest.h"
#include "codec/hex.h"
#include "refs/names.h"
#include "versioning/branch/read.h"

namespace tarn::catalog {
namespace {

Status AlreadyExists() { return Status(Code::kPreconditionFailed, "path already exists"); }

class StreamingUpload final : public Upload {
 public:
  StreamingUpload(versioning::Context& context, refs::Repository repository, UploadRequest request,
                  std::string address, std::unique_ptr<block::ObjectWriter> writer)
      : context_(context),
        repository_(std::move(repository)),
        request_(std::move(request)),
        address_(std::move(address)),
        writer_(std::move(writer)) {}

  Status Write(std::span<const char> bytes) override {
    md5_.Update({bytes.data(), bytes.size()});
    return writer_->Write(bytes);
  }

  Md5Digest Digest() override {
    if (!digest_) digest_ = md5_.Finish();
    return *digest_;
  }

  Result<PathEntry> Finish(std::optional<std::string> content_type) override {
    block::UnlinkedObject object(context_.objects, repository_.storage_namespace.view(), address_);
    TARN_TRY_ASSIGN(const block::ObjectProperties stored, writer_->Commit());
    PathEntry result{.path = request_.path, .entry = {}};
    Entry& entry = result.entry;
    entry.address = address_;
    entry.last_modified = stored.last_modified;
    entry.size = stored.size;
    entry.checksum = ToHex(AsView(Digest()));
    entry.metadata = std::move(request_.metadata);
    entry.content_type = content_type ? std::move(*content_type) : std::move(request_.content_type);
    if (entry.content_type.empty()) entry.content_type = kDefaultContentType;
    TARN_TRY(StageEntry(context_, repository_, request_.branch, request_.path, entry,
                        request_.condition, &object));
    return result;
  }

 private:
  versioning::Context& context_;
  const refs::Repository repository_;
  UploadRequest request_;
  const std::string address_;
  std::unique_ptr<block::ObjectWriter> writer_;
  Md5Hasher md5_;
  std::optional<Md5Digest> digest_;  // once the bytes are complete
};

Status CheckAbsent(versioning::Context& context, const refs::Repository& repository,
                   const refs::Branch& branch, std::string_view path) {
  TARN_TRY_ASSIGN(const auto head, context.refs.GetCommit(repository, branch.commit));
  refs::Resolved ref;
  ref.kind = refs::Resolved::Kind::kBranch;
  ref.commit = *head;
  ref.branch = branch;
  ref.with_staging = true;
  const auto found = versioning::ReadValue(context, repository, ref, path);
  if (found.ok()) return AlreadyExists();
  return found.code() == Code::kNotFound ? Status() : found.status();
}

}  // namespace

Result<std::unique_ptr<Upload>> Catalog::BeginUpload(const refs::Repository& repository,
                                                     const UploadRequest& request) {
  TARN_TRY_ASSIGN(const refs::Branch branch, RequireBranch(context_, repository, request.branch));
  TARN_TRY(refs::CheckNewPath("path", request.path));
  if (request.condition == versioning::SetCondition::kAbsent) {
    TARN_TRY(CheckAbsent(context_, repository, branch, request.path));
  }
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, request.branch, request.force));

  std::string address = NewAddress();
  TARN_TRY_ASSIGN(auto writer,
                  context_.objects.Create({repository.storage_namespace.view(), address},
                                          {.size_hint = request.size_hint}));
  return std::unique_ptr<Upload>(std::make_unique<StreamingUpload>(
      context_, repository, request, std::move(address), std::move(writer)));
}

Status Catalog::LinkObject(const refs::Repository& repository, const BranchId& branch,
                           std::string_view path, Entry entry, versioning::SetCondition condition,
                           bool force) {
  TARN_TRY(refs::CheckBranchId("branch", branch));
  TARN_TRY(refs::CheckNewPath("path", path));
  TARN_TRY(versioning::CheckStagedWrite(context_, repository, branch, force));
  if (entry.content_type.empty()) entry.content_type = kDefaultContentType;
  return StageEntry(context_, repository, branch, path, entry, condition, /*object=*/nullptr);
}

}  // namespace tarn::catalog
