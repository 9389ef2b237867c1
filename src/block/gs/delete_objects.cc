#include "block/gs/delete_objects.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "block/gs/failures.h"

// Source: "Send batch requests" of the Cloud Storage documentation.

namespace tarn::block::gs {
namespace {

constexpr size_t kCallsMax = 100;
constexpr size_t kAnswerBytesMax = 4 << 20;
constexpr std::string_view kBoundary = "tarn_batch";
constexpr int kNotFoundStatus = 404, kSuccessStatus = 200, kRedirectStatus = 300;

std::string WriteBatch(std::string_view bucket, std::span<const std::string> keys) {
  std::string text;
  for (size_t i = 0; i < keys.size(); ++i) {
    text.append("--").append(kBoundary).append("\r\nContent-Type: application/http\r\n");
    text += "Content-ID: <" + std::to_string(i) + ">\r\n\r\n";
    text += "DELETE " + ObjectPath({bucket, keys[i]}) + " HTTP/1.1\r\n\r\n\r\n";
  }
  return text.append("--").append(kBoundary).append("--\r\n");
}

/// The parts between "--boundary" lines of a multipart body.
std::optional<std::string_view> NextPart(std::string_view* rest, const std::string& mark) {
  const size_t begin = rest->find(mark);
  if (begin == std::string_view::npos) return std::nullopt;
  rest->remove_prefix(begin + mark.size());
  if (rest->starts_with("--")) return std::nullopt;
  return rest->substr(0, rest->find(mark));
}

std::string BoundaryOf(std::string_view content_type) {
  constexpr std::string_view kName = "boundary=";
  const size_t at = content_type.find(kName);
  if (at == std::string_view::npos) return "";
  std::string_view value = content_type.substr(at + kName.size());
  value = value.substr(0, value.find(';'));
  if (value.size() >= 2 && value.front() == '"') value = value.substr(1, value.size() - 2);
  return std::string(value);
}

/// The outcome of one call: a status line in the part's body, a head, and the body of a failure.
Status OutcomeOf(std::string_view part, std::string_view bucket) {
  constexpr std::string_view kLine = "HTTP/1.1 ";
  const size_t line = part.find(kLine);
  int status = 0;
  if (line != std::string_view::npos) {
    part.remove_prefix(line + kLine.size());
    std::from_chars(part.data(), part.data() + part.size(), status);
  }
  if (status == 0) return {Code::kSlowDown, "the object store's answer is malformed"};
  if ((status >= kSuccessStatus && status < kRedirectStatus) || status == kNotFoundStatus)
    return {};
  const size_t body = part.find("\r\n\r\n");
  return ToStatus(ReadFailure(status, body == std::string_view::npos ? "" : part.substr(body)),
                  "objects.delete", bucket);
}

Status DeleteBatch(Client& client, std::string_view bucket, std::span<const std::string> keys) {
  const std::string batch = WriteBatch(bucket, keys);
  TARN_TRY_ASSIGN(const auto answer,
                  client.Send({.operation = "batch of objects.delete",
                               .method = "POST",
                               .place = {bucket, ""},
                               .path = "/batch/storage/v1",
                               .headers = {{"Content-Type",
                                            "multipart/mixed; boundary=" + std::string(kBoundary)}},
                               .body = {batch}}));
  const std::string mark = "--" + BoundaryOf(answer->Get("Content-Type"));
  TARN_TRY_ASSIGN(const std::string body, answer->ReadAll(kAnswerBytesMax));
  std::string_view rest = body;
  size_t count = 0;
  if (mark.size() > 2) {
    while (const auto part = NextPart(&rest, mark)) {
      TARN_TRY(OutcomeOf(*part, bucket));
      ++count;
    }
  }
  if (count == keys.size()) return {};
  return {Code::kSlowDown, "the object store's answer to a batch is not complete"};
}

}  // namespace

Status DeleteObject(Client& client, const Place& place) {
  Status status = ToStatus(client.Call({.operation = "objects.delete",
                                        .method = "DELETE",
                                        .place = place,
                                        .path = ObjectPath(place)}));
  return status.code() == Code::kDataNotFound ? Status() : status;
}

Status DeleteObjects(Client& client, std::string_view bucket, std::span<const std::string> keys) {
  if (keys.size() == 1) return DeleteObject(client, {bucket, keys.front()});
  while (!keys.empty()) {
    const size_t count = std::min(keys.size(), kCallsMax);
    TARN_TRY(DeleteBatch(client, bucket, keys.first(count)));
    keys = keys.subspan(count);
  }
  return {};
}

}  // namespace tarn::block::gs
