// Uploads in parts of a client with branches of its own.
#include <algorithm>
#include <utility>

#include "base/sync.h"
#include "codec/hex.h"
#include "private_branches.h"

namespace tarn::sim {
namespace {

constexpr int kPage = 100;
constexpr int kTriesMax = 30;

}  // namespace

void PrivateBranches::UploadInParts() {
  catalog::MultipartUpload upload;
  upload.branch = BranchId(at_->name);
  upload.path = AnyPath();
  {
    const auto server = world_.AnyServer();
    const auto started = server->catalog.multipart().Start(repository_, upload);
    if (world_.Judge(started.status(), {}, at_->name) != Outcome::kDone) return;
    upload = *started;
  }
  catalog::CompletionRequest request;
  std::string text;
  for (int64_t number = 1; number <= 2; ++number) {
    int tries = 0;
    while (!StorePart(upload, number, &request, &text)) {
      if (world_.failed() || ++tries == kTriesMax) return;
    }
  }
  if (world_.Draw(4) == 0) ListParts(upload, request);
  if (world_.Draw(4) == 0) ListUploads(upload);
  FinishParts(upload, request, text);
}

/// Stores a part, some of them as copies of what is on the branch. False if it may be missing.
bool PrivateBranches::StorePart(const catalog::MultipartUpload& upload, int64_t number,
                                catalog::CompletionRequest* request, std::string* text) {
  const catalog::UploadPlace place = catalog::MultipartUploads::PlaceOf(repository_, upload.id);
  const auto source = world_.Draw(4) == 0 ? AnyObject() : std::nullopt;
  const std::string bytes = source ? TextOf(source->second) : world_.NewText();
  const auto server = world_.AnyServer();
  const VerbScope scope(source ? "copy part" : "upload part");
  const Status stored = [&]() -> Status {
    if (source) {
      TARN_TRY_ASSIGN(const Entry entry,
                      server->catalog.GetEntry(repository_, at_->name, source->first));
      TARN_TRY_ASSIGN(const auto stream, server->catalog.OpenObject(repository_, entry));
      return ToStatus(server->catalog.multipart().CopyPart(place, number, *stream,
                                                           static_cast<int64_t>(bytes.size())));
    }
    TARN_TRY_ASSIGN(const auto part,
                    server->catalog.multipart().BeginPart(place, number, std::nullopt));
    TARN_TRY(part->Write(bytes));
    return ToStatus(part->Finish());
  }();
  if (world_.Judge(stored, {}, upload.id) != Outcome::kDone) return false;
  *text += bytes;
  request->parts.push_back({number, ToHex(AsView(Md5(bytes)))});
  return true;
}

void PrivateBranches::ListParts(const catalog::MultipartUpload& upload,
                                const catalog::CompletionRequest& request) {
  const VerbScope scope("list parts");
  const auto server = world_.AnyServer();
  const auto listed = server->catalog.multipart().ListParts(
      catalog::MultipartUploads::PlaceOf(repository_, upload.id), 0, kPage);
  if (world_.Judge(listed.status(), {}, upload.id) != Outcome::kDone) return;
  Expect(listed->items.size() == request.parts.size(), "a list shows other parts");
  for (size_t i = 0; i < request.parts.size() && !world_.failed(); ++i) {
    Expect(listed->items[i].checksum == request.parts[i].entity_tag, "a part is another");
  }
}

void PrivateBranches::ListUploads(const catalog::MultipartUpload& upload) {
  const VerbScope scope("list uploads");
  const auto server = world_.AnyServer();
  const auto listed = server->catalog.multipart().List(repository_, "", "", kPage);
  if (world_.Judge(listed.status(), {}, upload.id) != Outcome::kDone) return;
  const bool shown =
      std::any_of(listed->items.begin(), listed->items.end(),
                  [&](const catalog::MultipartUpload& item) { return item.id == upload.id; });
  Expect(shown || listed->has_more, "a list does not show an upload");
}

/// Completes the upload on one server, and again, or aborts it, at the same time on another.
void PrivateBranches::FinishParts(const catalog::MultipartUpload& upload,
                                  const catalog::CompletionRequest& request,
                                  const std::string& text) {
  const catalog::UploadName name{upload.id, upload.branch, upload.path, upload.address};
  const bool aborts = world_.Draw(2) == 0;
  Status completed, other;
  const auto complete = [&](Status* status) {
    const VerbScope scope("complete parts");
    const auto server = world_.AnyServer();
    *status = server->catalog.multipart().Complete(repository_, name, request).status();
    world_.Judge(*status, {Code::kNotFound, Code::kInvalidRequest, Code::kConflict}, upload.id);
  };
  const auto abort = [&] {
    const VerbScope scope("abort parts");
    const auto server = world_.AnyServer();
    other = server->catalog.multipart().Abort(repository_, name);
    world_.Judge(other, {Code::kNotFound, Code::kConflict}, upload.id);
  };
  {
    Thread second("second", [&] { aborts ? abort() : complete(&other); });
    complete(&completed);
  }
  Expect(!completed.ok() || !other.ok(), "an upload ended twice");
  const auto refused = [](const Status& status) {
    return status.code() == Code::kNotFound || status.code() == Code::kConflict;
  };
  const bool done = completed.ok() || (!aborts && other.ok());
  const bool nothing = aborts && other.ok() && refused(completed);
  Next next{.visible = at_->visible};
  next.visible[upload.path] = text;
  Settle(*at_, done ? Outcome::kDone : nothing ? Outcome::kRefused : Outcome::kUnknown, {next});
}

}  // namespace tarn::sim
