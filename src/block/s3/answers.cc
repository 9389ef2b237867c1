#include "block/s3/answers.h"

#include <optional>

#include "base/text.h"
#include "block/s3/failures.h"
#include "codec/rfc3339.h"
#include "codec/url.h"
#include "codec/xml_reader.h"
#include "codec/xml_writer.h"

namespace tarn::block::s3 {
namespace {

constexpr int kStatusOk = 200;

Status Malformed(std::string_view what) {
  // Mostly it is cut off.
  return {Code::kSlowDown, "the object store's " + std::string(what) + " is malformed"};
}

Result<XmlDocument> Parse(std::string_view body, std::string_view root, std::string_view what) {
  auto document = XmlDocument::Parse(body);
  if (!document.ok() || document->root().name() != root) return Malformed(what);
  return document;
}

Result<ListedKey> ReadKey(XmlElement element) {
  ListedKey key;
  std::optional<int64_t> size;
  std::optional<Timestamp> modified;
  TARN_TRY(element.ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "Key") key.key = child.text();
    if (name == "Size") size = ReadSize(child.text());
    if (name == "LastModified") modified = ParseRfc3339Utc(child.text());
    if (name == "ETag") key.entity_tag = WithoutQuotes(child.text());
    return {};
  }));
  if (key.key.empty() || !size || !modified) return Malformed("listing");
  key.size = *size;
  key.last_modified = *modified;
  return key;
}

/// Undoes the escaping that keys are asked to be sent with.
Status Unescape(ListAnswer* answer) {
  const auto unescape = [](std::string* text) -> Status {
    auto plain = QueryUnescape(*text);
    if (!plain.ok()) return Malformed("listing");
    *text = *std::move(plain);
    return {};
  };
  for (ListedKey& key : answer->keys) TARN_TRY(unescape(&key.key));
  for (std::string& prefix : answer->prefixes) TARN_TRY(unescape(&prefix));
  return {};
}

/// The failure in a document that came with status 200.
std::optional<Status> FailureIn(std::string_view body, std::string_view operation,
                                std::string_view object) {
  const Failure failure = ReadFailure(kStatusOk, body);
  if (failure.reason.empty()) return std::nullopt;
  return ToStatus(failure, operation, object);
}

}  // namespace

Result<ListAnswer> ReadListAnswer(std::string_view body) {
  TARN_TRY_ASSIGN(const XmlDocument document, Parse(body, "ListBucketResult", "listing"));
  ListAnswer answer;
  bool is_truncated = false, is_escaped = false;
  TARN_TRY(document.root().ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "IsTruncated") is_truncated = child.text() == "true";
    if (name == "EncodingType") is_escaped = child.text() == "url";
    if (name == "NextContinuationToken") answer.continuation = child.text();
    if (name == "Contents") {
      TARN_TRY_ASSIGN(ListedKey key, ReadKey(child));
      answer.keys.push_back(std::move(key));
    }
    if (name == "CommonPrefixes") {
      return child.ForEachChild([&](XmlElement prefix) -> Status {
        if (prefix.name() == "Prefix") answer.prefixes.push_back(prefix.text());
        return {};
      });
    }
    return {};
  }));
  if (is_truncated && answer.continuation.empty()) return Malformed("listing");
  if (!is_truncated) answer.continuation.clear();
  if (is_escaped) TARN_TRY(Unescape(&answer));
  return answer;
}

Result<std::string> ReadUploadId(std::string_view body) {
  TARN_TRY_ASSIGN(const XmlDocument document,
                  Parse(body, "InitiateMultipartUploadResult", "answer"));
  std::string id;
  TARN_TRY(document.root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "UploadId") id = child.text();
    return {};
  }));
  if (id.empty()) return Malformed("answer");
  return id;
}

Result<CopyAnswer> ReadCopyAnswer(std::string_view body, std::string_view operation,
                                  std::string_view object) {
  if (auto failure = FailureIn(body, operation, object)) return *std::move(failure);
  const auto document = XmlDocument::Parse(body);
  if (!document.ok()) return Malformed("answer");
  const std::string_view root = document->root().name();
  if (root != "CopyObjectResult" && root != "CopyPartResult") return Malformed("answer");
  CopyAnswer answer;
  std::optional<Timestamp> modified;
  TARN_TRY(document->root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "ETag") answer.entity_tag = child.text();
    if (child.name() == "LastModified") modified = ParseRfc3339Utc(child.text());
    return {};
  }));
  if (answer.entity_tag.empty() || !modified) return Malformed("answer");
  answer.last_modified = *modified;
  return answer;
}

Result<std::string> ReadCompleteAnswer(std::string_view body, std::string_view object) {
  constexpr std::string_view kOperation = "CompleteMultipartUpload";
  if (auto failure = FailureIn(body, kOperation, object)) return *std::move(failure);
  TARN_TRY_ASSIGN(const XmlDocument document,
                  Parse(body, "CompleteMultipartUploadResult", "answer"));
  std::string tag;
  TARN_TRY(document.root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() == "ETag") tag = WithoutQuotes(child.text());
    return {};
  }));
  if (tag.empty()) return Malformed("answer");
  return tag;
}

Status ReadDeleteAnswer(std::string_view body, std::string_view bucket) {
  TARN_TRY_ASSIGN(const XmlDocument document, Parse(body, "DeleteResult", "answer"));
  return document.root().ForEachChild([&](XmlElement child) -> Status {
    if (child.name() != "Error") return {};
    Failure failure{kStatusOk, {}, {}};
    std::string key;
    TARN_TRY(child.ForEachChild([&](XmlElement field) -> Status {
      if (field.name() == "Key") key = field.text();
      if (field.name() == "Code") failure.reason = field.text();
      if (field.name() == "Message") failure.message = field.text();
      return {};
    }));
    Status status = ToStatus(failure, "DeleteObjects", std::string(bucket) + "/" + key);
    return status.code() == Code::kDataNotFound ? Status() : status;
  });
}

std::string WriteCompleteRequest(std::span<const PartTag> parts) {
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  for (const PartTag& part : parts) {
    xml.Begin("Part").Element("ETag", part.entity_tag);
    xml.Element("PartNumber", int64_t{part.number}).End("Part");
  }
  xml.End("CompleteMultipartUpload");
  return text;
}

std::string WriteDeleteRequest(std::span<const std::string> keys) {
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("Delete xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  for (const std::string& key : keys) xml.Begin("Object").Element("Key", key).End("Object");
  xml.Flag("Quiet", true).End("Delete");
  return text;
}

}  // namespace tarn::block::s3
