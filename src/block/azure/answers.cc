#include "block/azure/answers.h"

#include "base/text.h"
#include "codec/base64.h"
#include "codec/hex.h"
#include "codec/rfc3339.h"
#include "codec/url.h"
#include "codec/xml_reader.h"
#include "codec/xml_writer.h"
#include "http/answer.h"
#include "http/http_date.h"

namespace tarn::block::azure {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

Status Malformed(std::string_view what) {
  // Mostly it is cut off.
  return {Code::kSlowDown, "the object store's " + std::string(what) + " is malformed"};
}

Result<XmlDocument> Parse(std::string_view body, std::string_view root, std::string_view what) {
  if (body.starts_with(kByteOrderMark)) body.remove_prefix(kByteOrderMark.size());
  auto document = XmlDocument::Parse(body);
  if (!document.ok() || document->root().name() != root) return Malformed(what);
  return document;
}

/// One entry of a listing, as it comes.
struct ListedBlob {
  std::string name, content_md5, entity_tag;
  std::optional<int64_t> size, modified_seconds;
  bool is_folder = false;

  bool is_marker_of_folder() const { return is_folder && size.value_or(0) == 0; }
};

Status ReadProperties(XmlElement element, ListedBlob* blob) {
  return element.ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "Content-Length") blob->size = http::ReadSize(child.text());
    if (name == "Last-Modified") blob->modified_seconds = http::ParseHttpDate(child.text());
    if (name == "Etag") blob->entity_tag = child.text();
    if (name == "Content-MD5") blob->content_md5 = child.text();
    if (name == "ResourceType") blob->is_folder = blob->is_folder || child.text() == "directory";
    return {};
  });
}

Result<ListedBlob> ReadBlob(XmlElement element) {
  ListedBlob blob;
  TARN_TRY(element.ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "Properties") return ReadProperties(child, &blob);
    if (name == "Metadata") {
      return child.ForEachChild([&](XmlElement entry) -> Status {
        if (entry.name() == "hdi_isfolder" && entry.text() == "true") blob.is_folder = true;
        return {};
      });
    }
    if (name != "Name") return {};
    blob.name = child.text();
    // A name that XML cannot hold.
    if (child.attribute("Encoded") == "true") {
      auto plain = PathUnescape(blob.name);
      if (!plain.ok()) return Malformed("listing");
      blob.name = *std::move(plain);
    }
    return {};
  }));
  return blob;
}

Status AddBlob(XmlElement element, remote::ListAnswer* answer) {
  TARN_TRY_ASSIGN(ListedBlob blob, ReadBlob(element));
  if (blob.is_marker_of_folder()) return {};
  if (blob.name.empty() || !blob.size || !blob.modified_seconds) return Malformed("listing");
  answer->keys.push_back({std::move(blob.name),
                          *blob.size,
                          {*blob.modified_seconds, 0},
                          ImportTagOf(blob.content_md5, blob.entity_tag)});
  return {};
}

}  // namespace

std::string ImportTagOf(std::string_view content_md5, std::string_view entity_tag) {
  if (const auto digest = DecodeBase64(content_md5); digest && !digest->empty()) {
    return ToHex(*digest);
  }
  return std::string(Trim(entity_tag, " \""));
}

Result<remote::ListAnswer> ReadListAnswer(std::string_view body) {
  TARN_TRY_ASSIGN(const XmlDocument document, Parse(body, "EnumerationResults", "listing"));
  remote::ListAnswer answer;
  bool is_complete = false;
  TARN_TRY(document.root().ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "NextMarker") {
      answer.continuation = child.text();
      is_complete = true;
    }
    if (name != "Blobs") return {};
    return child.ForEachChild([&](XmlElement entry) -> Status {
      return entry.name() == "Blob" ? AddBlob(entry, &answer) : Status();
    });
  }));
  if (!is_complete) return Malformed("listing");
  return answer;
}

Result<std::vector<std::string>> ReadBlockList(std::string_view body) {
  TARN_TRY_ASSIGN(const XmlDocument document, Parse(body, "BlockList", "list of blocks"));
  std::vector<std::string> ids;
  const auto add_name = [&](XmlElement field) -> Status {
    if (field.name() == "Name") ids.push_back(field.text());
    return {};
  };
  TARN_TRY(document.root().ForEachChild([&](XmlElement kind) -> Status {
    if (kind.name() != "CommittedBlocks") return {};
    return kind.ForEachChild([&](XmlElement block) { return block.ForEachChild(add_name); });
  }));
  return ids;
}

std::string WriteBlockList(std::span<const std::string> ids) {
  std::string text = R"(<?xml version="1.0" encoding="utf-8"?>)";
  XmlWriter xml(&text);
  xml.Begin("BlockList");
  for (const std::string& id : ids) xml.Element("Latest", id);
  xml.End("BlockList");
  return text;
}

Result<DelegationKey> ReadDelegationKey(std::string_view body) {
  TARN_TRY_ASSIGN(const XmlDocument document, Parse(body, "UserDelegationKey", "key"));
  DelegationKey key;
  TARN_TRY(document.root().ForEachChild([&](XmlElement child) -> Status {
    const std::string_view name = child.name();
    if (name == "SignedOid") key.object_id = child.text();
    if (name == "SignedTid") key.tenant_id = child.text();
    if (name == "SignedStart") key.starts = child.text();
    if (name == "SignedExpiry") key.expires = child.text();
    if (name == "SignedService") key.service = child.text();
    if (name == "SignedVersion") key.version = child.text();
    if (name == "Value") key.secret = DecodeBase64(child.text()).value_or("");
    return {};
  }));
  const auto expires = ParseRfc3339Utc(key.expires);
  if (key.secret.empty() || key.object_id.empty() || key.tenant_id.empty() || !expires) {
    return Malformed("key");
  }
  key.expires_seconds = expires->seconds;
  return key;
}

std::string WriteKeyInfo(int64_t starts_seconds, int64_t expires_seconds) {
  std::string text = R"(<?xml version="1.0" encoding="utf-8"?>)";
  XmlWriter xml(&text);
  xml.Begin("KeyInfo")
      .Element("Start", TimeText(starts_seconds))
      .Element("Expiry", TimeText(expires_seconds))
      .End("KeyInfo");
  return text;
}

}  // namespace tarn::block::azure
