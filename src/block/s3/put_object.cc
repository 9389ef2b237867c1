#include "block/s3/put_object.h"

#include "block/s3/object_ranges.h"
#include "http/http_date.h"

namespace tarn::block::s3 {
namespace {

/// One attempt.
Result<ObjectProperties> PutOnce(Client& client, const Location& location, std::string_view bytes,
                                 const Encryption& encryption, bool create_only) {
  Request request{.operation = "PutObject",
                  .method = "PUT",
                  .place = location.place(),
                  .query = {{"x-id", "PutObject"}},
                  .headers = {{"Content-Type", std::string(kContentType)}},
                  .body = bytes};
  encryption.AddTo(&request.headers);
  if (create_only) request.headers.emplace_back("If-None-Match", "*");
  const auto stored = SendBytes(client, request);
  if (create_only && stored.code() == Code::kPreconditionFailed) return AlreadyExists(location);
  if (create_only && stored.code() == Code::kUnsupported) {
    return PutOnce(client, location, bytes, encryption, /*create_only=*/false);
  }
  TARN_TRY(stored.status());
  return ObjectProperties{static_cast<int64_t>(bytes.size()), stored->last_modified,
                          stored->entity_tag};
}

}  // namespace

Status AlreadyExists(const Location& location) {
  return {Code::kAlreadyExists, UriOf(location) + ": already exists"};
}

Status CheckAbsent(Client& client, Retrier& retrier, const Location& location) {
  TARN_TRY_ASSIGN(const auto head, retrier.Call([&] { return Stat(client, location); }));
  return head ? AlreadyExists(location) : Status();
}

Timestamp TimeOf(const Answer& answer) {
  return {http::ParseHttpDate(answer.Get("Date")).value_or(SystemClock().Now().seconds), 0};
}

Result<Stored> SendBytes(Client& client, const Request& request) {
  TARN_TRY_ASSIGN(const auto answer, client.Send(request));
  TARN_TRY(ToStatus(answer->ReadAll(kAnswerBytesMax)));
  Stored stored{std::string(answer->Get("ETag")), TimeOf(*answer)};
  if (stored.entity_tag.empty()) return Status(Code::kIo, "s3 error: missing ETag");
  return stored;
}

Result<ObjectProperties> PutBytes(Client& client, Retrier& retrier, const Location& location,
                                  std::string_view bytes, const Encryption& encryption,
                                  Older older) {
  // Not between the attempts, where it might be our own that is found.
  if (older == Older::kStays) TARN_TRY(CheckAbsent(client, retrier, location));
  bool may_be_done = false;
  auto stored = retrier.Call([&] {
    auto sent = PutOnce(client, location, bytes, encryption, older != Older::kReplaced);
    may_be_done = may_be_done || sent.code() == Code::kSlowDown;
    return sent;
  });
  if (stored.code() != Code::kAlreadyExists || !may_be_done) return stored;
  // Perhaps it was this call that made it, and only the answer was lost.
  S3Ranges source(client, location);
  TARN_TRY_ASSIGN(const bool is_ours,
                  retrier.Call([&] { return remote::HasBytes(source, bytes); }));
  if (!is_ours) return stored;
  TARN_TRY_ASSIGN(const auto head, retrier.Call([&] { return Stat(client, location); }));
  if (!head) return stored;
  return *head;
}

}  // namespace tarn::block::s3
