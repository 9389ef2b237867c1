#include "block/gs/upload.h"

#include <algorithm>

#include "base/log.h"
#include "block/gs/object_ranges.h"
#include "codec/json_writer.h"
#include "codec/url.h"

namespace tarn::block::gs {
namespace {

constexpr size_t kAnswerBytesMax = 64 << 10;
constexpr int kGoesOnStatus = 308, kCancelledStatus = 499;

Status AlreadyExists(const Location& location) {
  return {Code::kAlreadyExists, remote::UriOf(StorageType::kGs, location) + ": already exists"};
}

/// objects.insert of that kind.
Request InsertRequest(const UploadTools& tools, const Location& location,
                      std::string_view upload_type, bool create_only) {
  Request request{.operation = "objects.insert",
                  .method = "POST",
                  .place = location.place(),
                  .path = UploadPath(location.bucket),
                  .query = {{"uploadType", std::string(upload_type)},
                            {"name", location.key},
                            {"fields", std::string(kObjectFields)}}};
  if (create_only) request.query.emplace_back("ifGenerationMatch", "0");
  tools.encryption.AddTo(&request.query, &request.headers);
  return request;
}

/// What is made of what was answered: an absent bucket must not look like an absent object.
Status InsertFailure(Status failure, const Location& location) {
  if (failure.code() == Code::kPreconditionFailed) return AlreadyExists(location);
  if (failure.code() != Code::kDataNotFound) return failure;
  return {Code::kIo, "GCS objects.insert of " + TextOf(location.place()) +
                         ": there is no such bucket or upload"};
}

Status WrongSize(const Location& location) {
  return {Code::kIo, "the object store made something else of " + TextOf(location.place())};
}

/// One attempt.
Result<ObjectProperties> PutOnce(const UploadTools& tools, const Location& location,
                                 std::string_view bytes, bool create_only) {
  // Not the simplest kind: emulators pay no heed to its conditions.
  Request request = InsertRequest(tools, location, "multipart", create_only);
  const std::string boundary = NewUuid(tools.random);
  request.headers.emplace_back("Content-Type", "multipart/related; boundary=" + boundary);
  std::string before = "--" + boundary + "\r\nContent-Type: application/json\r\n\r\n";
  JsonWriter(&before).BeginObject().Field("name", location.key).EndObject();
  before.append("\r\n--").append(boundary).append("\r\nContent-Type: ").append(kContentType);
  before += "\r\n\r\n";
  const std::string after = "\r\n--" + boundary + "--\r\n";
  request.body = {before, bytes, after};
  const auto body = tools.client.Call(request);
  if (!body.ok()) return InsertFailure(body.status(), location);
  TARN_TRY_ASSIGN(const StoredObject object, ReadObject(*body));
  if (object.size != static_cast<int64_t>(bytes.size())) return WrongSize(location);
  return object.properties();
}

}  // namespace

Status CheckAbsent(const UploadTools& tools, const Location& location) {
  TARN_TRY_ASSIGN(const auto object,
                  tools.retrier.Call([&] { return Stat(tools.client, location); }));
  return object ? AlreadyExists(location) : Status();
}

Result<ObjectProperties> PutBytes(const UploadTools& tools, const Location& location,
                                  std::string_view bytes, bool create_only) {
  bool may_be_done = false;
  auto stored = tools.retrier.Call([&] {
    auto sent = PutOnce(tools, location, bytes, create_only);
    may_be_done = may_be_done || sent.code() == Code::kSlowDown;
    return sent;
  });
  if (stored.code() != Code::kAlreadyExists || !may_be_done) return stored;
  // Perhaps it was this call that made it, and only the answer was lost.
  GsRanges source(tools.client, location, tools.encryption);
  TARN_TRY_ASSIGN(const bool is_ours,
                  tools.retrier.Call([&] { return remote::HasBytes(source, bytes); }));
  if (!is_ours) return stored;
  TARN_TRY_ASSIGN(const auto object,
                  tools.retrier.Call([&] { return Stat(tools.client, location); }));
  if (!object) return stored;
  return object->properties();
}

ResumableUpload::~ResumableUpload() {
  if (!has_begun() || is_complete_) return;
  const Status ended = tools_.retrier.Call([&] {
    return ToStatus(tools_.client.Call({.operation = "cancel of an upload",
                                        .method = "DELETE",
                                        .place = location_.place(),
                                        .path = target_,
                                        .answered_by = kCancelledStatus}));
  });
  // The store drops it after a week.
  if (!ended.ok() && ended.code() != Code::kDataNotFound) {
    TARN_LOG_WARN("resumable upload was not ended: {}", ended.ToString());
  }
}

Status ResumableUpload::Begin(bool create_only) {
  Request request = InsertRequest(tools_, location_, "resumable", create_only);
  request.headers.emplace_back("X-Upload-Content-Type", kContentType);
  auto begun = tools_.retrier.Call([&]() -> Result<std::string> {
    TARN_TRY_ASSIGN(const auto answer, tools_.client.Send(request));
    std::string url(answer->Get("Location"));
    TARN_TRY(ToStatus(answer->ReadAll(kAnswerBytesMax)));
    return url;
  });
  if (!begun.ok()) return InsertFailure(std::move(begun).status(), location_);
  // It is asked where everything is asked, whatever the store calls itself.
  const size_t path = begun->find('/', begun->find("://") + 3);
  if (!ParseRequestUri(*begun).ok() || path == std::string::npos) {
    return {Code::kIo, "the object store's answer names no upload"};
  }
  target_ = begun->substr(path);
  return {};
}

/// Sends bytes to the upload, or with none asks for its state.
Result<ResumableUpload::Progress> ResumableUpload::Send(const std::string& content_range,
                                                        std::string_view body) {
  Request request{.operation = "piece of an upload",
                  .method = "PUT",
                  .place = location_.place(),
                  .path = target_,
                  .headers = {{"Content-Range", "bytes " + content_range}},
                  .body = {body},
                  .answered_by = kGoesOnStatus};
  tools_.encryption.AddKeyTo(&request.headers);
  TARN_TRY_ASSIGN(const auto answer, tools_.client.Send(request));
  const std::string range(answer->Get("Range"));
  const bool goes_on = answer->status() == kGoesOnStatus;
  TARN_TRY_ASSIGN(const std::string text, answer->ReadAll(kAnswerBytesMax));
  Progress progress;
  if (!goes_on) {
    TARN_TRY_ASSIGN(progress.object, ReadObject(text));
    progress.stored = progress.object->size;
    return progress;
  }
  if (range.empty()) return progress;
  constexpr std::string_view kFromStart = "bytes=0-";
  const auto last = range.starts_with(kFromStart)
                        ? http::ReadSize(std::string_view(range).substr(kFromStart.size()))
                        : std::nullopt;
  if (!last) return Status(Code::kIo, "the object store's answer to a piece is malformed");
  progress.stored = *last + 1;
  return progress;
}

/// One attempt: what the upload does not have yet of the piece. The size of the whole object is
/// known with the last piece.
Result<ResumableUpload::Progress> ResumableUpload::SendRest(std::string_view bytes,
                                                            std::optional<int64_t> size) {
  const std::string whole = size ? std::to_string(*size) : "*";
  const int64_t end = begin_ + static_cast<int64_t>(bytes.size());
  Progress progress{stored_, {}};
  if (!std::exchange(is_sure_, false)) {
    TARN_TRY_ASSIGN(progress, Send("*/" + whole, ""));
  }
  while (!progress.object && (progress.stored < end || size)) {
    if (progress.stored < begin_ || progress.stored > end) {
      return Status(Code::kIo, "the object store lost bytes of an upload");
    }
    const int64_t before = progress.stored;
    const std::string_view rest = bytes.substr(static_cast<size_t>(before - begin_));
    const std::string range =
        rest.empty() ? "*" : std::to_string(before) + "-" + std::to_string(end - 1);
    TARN_TRY_ASSIGN(progress, Send(range + "/" + whole, rest));
    if (!progress.object && progress.stored <= before) {
      return Status(Code::kSlowDown, "the object store takes nothing of an upload");
    }
  }
  is_sure_ = true;
  return progress;
}

Result<ResumableUpload::Progress> ResumableUpload::Push(std::string_view bytes,
                                                        std::optional<int64_t> size) {
  auto progress = tools_.retrier.Call([&] { return SendRest(bytes, size); });
  if (!progress.ok()) return InsertFailure(std::move(progress).status(), location_);
  begin_ += static_cast<int64_t>(bytes.size());
  stored_ = begin_;
  return progress;
}

Status ResumableUpload::AddPart(std::string_view bytes) {
  TARN_TRY_ASSIGN(const Progress progress, Push(bytes, std::nullopt));
  if (progress.object) return WrongSize(location_);
  ++part_count_;
  return {};
}

Result<ObjectProperties> ResumableUpload::Complete(std::string_view rest, bool create_only) {
  if (create_only) TARN_TRY(CheckAbsent(tools_, location_));
  const int64_t size = begin_ + static_cast<int64_t>(rest.size());
  TARN_TRY_ASSIGN(const Progress progress, Push(rest, size));
  is_complete_ = true;
  if (!progress.object || progress.object->size != size) return WrongSize(location_);
  return progress.object->properties();
}

}  // namespace tarn::block::gs
