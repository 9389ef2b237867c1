#include "s3gw/operations/listing_page.h"

#include "codec/go_number.h"
#include "codec/xml_writer.h"
#include "s3gw/documents/xml_time.h"
#include "s3gw/operations/marker.h"

namespace tarn::s3gw {
namespace {

/// Escapes all but letters, digits and "-_.~/": what every client of `encoding-type=url` reads.
void AppendUrlEncoded(std::string* out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~' || c == '/';
    if (plain) {
      out->push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out->append({'%', kDigits[byte >> 4], kDigits[byte & 0xF]});
  }
}

void AppendQuotedTag(std::string* out, std::string_view checksum) {
  const bool quoted = checksum.starts_with('"');
  if (!quoted) out->append("&#34;");
  AppendXmlEscaped(out, checksum);
  if (!quoted) out->append("&#34;");
}

}  // namespace

std::optional<RefPrefix> ReadRefPrefix(std::string_view text) {
  if (text.starts_with('/')) text.remove_prefix(1);
  const size_t slash = text.find('/');
  const std::string_view ref = text.substr(0, slash);
  if (ref.empty()) return std::nullopt;
  RefPrefix result{std::string(ref), std::nullopt};
  if (slash != std::string_view::npos) result.path = text.substr(slash + 1);
  return result;
}

std::optional<std::string> PathAfter(std::string_view ref, std::string_view marker) {
  if (marker.starts_with('/')) marker.remove_prefix(1);  // as before a prefix
  const std::string root = std::string(ref) + "/";
  if (marker.starts_with(root)) return std::string(marker.substr(root.size()));
  if (marker < root) return std::string();
  return std::nullopt;
}

Expected<ListingRequest> ReadListingRequest(const Query& query) {
  ListingRequest request;
  const std::string_view version = query.Get("list-type");
  if (!version.empty() && version != "1" && version != "2") return Error::kBadRequest;
  request.v2 = version == "2";
  request.prefix = query.Get("prefix");
  request.delimiter = query.Get("delimiter");
  request.url_encoded = query.Get("encoding-type") == "url";
  if (const ReadInteger read = ReadDecimalInteger(query.Get("max-keys"));
      read.error == NumberError::kNone)
    request.keys_max = read.value;
  if (!request.v2) {
    request.marker = query.Get("marker");
    request.after = ReadMarker(request.marker);
    return request;
  }
  if (const std::string_view token = query.Get("continuation-token"); !token.empty())
    request.token = token;
  if (const std::string_view start = query.Get("start-after"); !start.empty())
    request.start_after = start;
  request.after = request.token ? ReadMarker(*request.token) : request.start_after.value_or("");
  return request;
}

void ListingPage::AppendKey(std::string* out, std::string_view name) const {
  if (request_.url_encoded) {
    AppendUrlEncoded(out, name);
  } else {
    AppendXmlEscaped(out, name);
  }
}

std::string ListingPage::Encoded(std::string_view text) const {
  std::string encoded;
  if (!request_.url_encoded) return std::string(text);
  AppendUrlEncoded(&encoded, text);
  return encoded;
}

void ListingPage::Add(std::string_view ref, const catalog::ListedItem& item) {
  ++key_count_;
  std::string* out = item.is_prefix ? &prefixes_ : &contents_;
  out->append(item.is_prefix ? "<CommonPrefixes><Prefix>" : "<Contents><Key>");
  AppendKey(out, ref);
  out->push_back('/');
  AppendKey(out, item.path);
  if (item.is_prefix) {
    out->append("</Prefix></CommonPrefixes>");
    return;
  }
  out->append("</Key><LastModified>");
  AppendXmlTime(out, item.entry.last_modified);
  out->append("</LastModified><ETag>");
  AppendQuotedTag(out, item.entry.checksum);
  out->append("</ETag><Size>").append(std::to_string(item.entry.size));
  out->append("</Size><StorageClass>STANDARD</StorageClass></Contents>");
}

void ListingPage::AddBranch(std::string_view name) {
  ++branch_count_;
  prefixes_.append("<CommonPrefixes><Prefix>");
  AppendKey(&prefixes_, name);
  prefixes_.append("/</Prefix></CommonPrefixes>");
}

// Version 1 does not count branches, and names the next marker only beside a delimiter, or where
// the last key cannot be read from its document.
http::Response ListingPage::Finish(std::string_view bucket, std::string_view next) && {
  std::string text;
  text.reserve(512 + prefixes_.size() + contents_.size());
  XmlWriter xml(&text);
  xml.Begin("ListBucketResult").Element("Name", bucket).Flag("IsTruncated", !next.empty());
  xml.Element("Prefix", Encoded(request_.prefix));
  if (!request_.delimiter.empty()) xml.Element("Delimiter", Encoded(request_.delimiter));
  xml.Element("KeyCount", key_count_ + (request_.v2 ? branch_count_ : 0));
  xml.Element("MaxKeys", request_.keys_max);
  if (request_.url_encoded) xml.Element("EncodingType", "url");
  xml.Raw(prefixes_);
  if (request_.v2) {
    if (!next.empty()) xml.Element("NextContinuationToken", MarkerText(next));
    if (request_.token) xml.Element("ContinuationToken", *request_.token);
    if (request_.start_after) xml.Element("StartAfter", Encoded(*request_.start_after));
  } else {
    xml.Element("Marker", Encoded(request_.marker));
    const std::string marker = request_.url_encoded ? Encoded(next) : MarkerText(next);
    const bool is_wanted = !request_.delimiter.empty() || (!request_.url_encoded && marker != next);
    if (!next.empty() && is_wanted) xml.Element("NextMarker", marker);
  }
  xml.Raw(contents_).End("ListBucketResult");
  return XmlAnswer(text);
}

}  // namespace tarn::s3gw
