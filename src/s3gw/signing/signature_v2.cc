#include "s3gw/signing/signature_v2.h"

#include <algorithm>
#include <map>
#include <vector>

#include "codec/base64.h"
#include "codec/constant_time.h"
#include "codec/digest.h"
#include "codec/go_number.h"
#include "codec/sha1.h"
#include "codec/utf8.h"
#include "s3gw/operations/elements.h"
#include "s3gw/signing/hoisted.h"
#include "s3gw/signing/signature_date.h"
#include "s3gw/signing/signed_request.h"
#include "s3gw/signing/unsigned_headers.h"
#include "serving/host.h"

namespace tarn::s3gw {
namespace {

/// The parameter with the end of a presigned URL, in seconds.
constexpr std::string_view kExpires = "Expires";

/// Query keys that are signed, sorted.
constexpr std::string_view kSubResources[] = {"accelerate",
                                              "acl",
                                              "analytics",
                                              "copy-source",
                                              "cors",
                                              "defaultObjectAcl",
                                              "delete",
                                              "inventory",
                                              "lifecycle",
                                              "location",
                                              "logging",
                                              "metrics",
                                              "notification",
                                              "partNumber",
                                              "policy",
                                              "replication",
                                              "requestPayment",
                                              "response-cache-control",
                                              "response-content-disposition",
                                              "response-content-encoding",
                                              "response-content-language",
                                              "response-content-type",
                                              "response-expires",
                                              "restore",
                                              "select",
                                              "select-type",
                                              "storageClass",
                                              "tagging",
                                              "torrent",
                                              "uploadId",
                                              "uploads",
                                              "versionId",
                                              "versioning",
                                              "versions",
                                              "website"};

constexpr bool IsBase64(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '/' || c == '=';
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Reads "key:signature" at the front of `text`: the longest key of 3 to 20 characters. Nothing if
/// there is none; the signature is not decoded yet.
std::optional<SignatureV2> ReadFields(std::string_view text) {
  size_t end = 0;
  size_t at = 0;
  for (size_t count = 0; count <= kAccessKeyIdSizeMax && at + 1 < text.size(); ++count) {
    if (text[at] == ':' && count >= kAccessKeyIdSizeMin && IsBase64(text[at + 1])) end = at;
    at += FirstRune(text.substr(at)).length;
  }
  if (end == 0) return std::nullopt;
  const std::string_view signature = text.substr(end + 1);
  const auto stop = std::find_if_not(signature.begin(), signature.end(), IsBase64);
  return SignatureV2{text.substr(0, end), std::string(signature.begin(), stop)};
}

/// The claim with its signature decoded, if that is possible.
std::optional<SignatureV2> Decoded(SignatureV2 claim) {
  auto decoded = DecodeBase64(claim.signature);
  if (!decoded) return std::nullopt;
  claim.signature = *std::move(decoded);
  return claim;
}

/// Reads key and signature of either query form.
std::optional<SignatureV2> ReadQuery(const Query& query) {
  const std::string_view key = query.Get("AWSAccessKeyId");
  const std::string_view signature = query.Get("Signature");
  if (key.size() < kAccessKeyIdSizeMin || key.size() > kAccessKeyIdSizeMax || signature.empty()) {
    return std::nullopt;
  }
  return Decoded({key, std::string(signature)});
}

/// The values of a header, joined by commas.
std::string JoinedHeader(const http::RequestHead& head, std::string_view name) {
  std::string joined;
  bool first = true;
  for (const auto& [key, value] : head.headers) {
    if (!http::EqualsIgnoreCase(key, name)) continue;
    if (!first) joined.push_back(',');
    first = false;
    joined.append(value);
  }
  return joined;
}

/// The path with the bucket that the host may name.
std::string SignedPath(const http::RequestHead& head, std::span<const std::string> domains) {
  const std::string_view host = serving::HostWithoutPort(head.Get("Host"));
  std::string path;
  for (const std::string& domain : domains) {
    const auto labels = serving::LabelsBelow(host, domain);
    if (!labels) continue;
    if (!labels->empty()) path.append("/").append(*labels);
    break;
  }
  return path.append(head.path);
}

void AppendSubResources(std::string* out, const Query& query) {
  char separator = '?';
  for (const std::string_view name : kSubResources) {
    if (!query.Has(name)) continue;
    out->push_back(separator);
    separator = '&';
    out->append(name);
    std::string joined;
    bool first = true;
    for (const auto& [key, value] : query.pairs()) {
      if (key != name) continue;
      if (!first) joined.push_back(',');
      first = false;
      joined.append(value);
    }
    if (!joined.empty()) out->append("=").append(joined);
  }
}

/// All headers of S3, also those that the query holds, by name in lower case.
std::map<std::string, std::string> AmzHeaders(const http::RequestHead& head, const Query& query) {
  std::map<std::string, std::string> headers;
  const auto add = [&headers](std::string name, std::string_view value) {
    const auto [at, added] = headers.try_emplace(std::move(name), value);
    if (!added) at->second.append(",").append(value);
  };
  for (const auto& [name, value] : head.headers)
    if (IsAmzHeader(name)) add(Lower(name), value);
  for (const auto& [name, value] : query.pairs())
    if (IsHoistedHeader(name) && !head.Find(name)) add(Lower(name), value);
  return headers;
}

/// `date` is the time that is signed: of the header, or the end of a presigned URL.
std::string StringToSign(const http::RequestHead& head, const Query& query, std::string_view date,
                         std::span<const std::string> domains) {
  std::string text(head.method);
  text.push_back('\n');
  text.append(JoinedHeader(head, "content-md5")).push_back('\n');
  text.append(JoinedHeader(head, "content-type")).push_back('\n');
  text.append(date).push_back('\n');
  for (const auto& [name, value] : AmzHeaders(head, query)) {
    text.append(name).append(":").append(value).push_back('\n');
  }
  text.append(SignedPath(head, domains));
  AppendSubResources(&text, query);
  return text;
}

std::optional<Error> Compare(const SignatureV2& claim, std::string_view text,
                             std::string_view secret_access_key) {
  const Sha1Digest digest = HmacSha1(secret_access_key, text);
  if (EqualsInConstantTime({digest.data(), digest.size()}, claim.signature)) return std::nullopt;
  return Error::kSignatureDoesNotMatch;
}

std::optional<int64_t> ReadHeaderDate(std::string_view text) {
  if (const auto seconds = ReadMailTime(text)) return seconds;
  return ReadBasicTime(text);
}

}  // namespace

std::optional<SignatureV2> ReadSignatureV2(const http::RequestHead& head) {
  constexpr std::string_view kStart = "AWS ";
  const std::string_view header = head.Get("Authorization");
  for (size_t at = header.find(kStart); at != std::string_view::npos;
       at = header.find(kStart, at + 1)) {
    if (auto claim = ReadFields(header.substr(at + kStart.size()))) {
      return Decoded(*std::move(claim));
    }
  }
  return std::nullopt;
}

std::optional<SignatureV2> ReadPresignedSignatureV2(const Query& query) {
  if (!query.Has(kExpires)) return std::nullopt;
  return ReadQuery(query);
}

std::optional<SignatureV2> ReadJavaSignatureV2(const Query& query) {
  if (query.Get("SignatureMethod") != "HmacSHA256" || query.Get("SignatureVersion") != "2") {
    return std::nullopt;
  }
  return ReadQuery(query);
}

std::optional<Error> CheckSignatureV2(const SignatureV2& claim, const http::RequestHead& head,
                                      const Query& query, std::string_view secret_access_key,
                                      Timestamp now, std::span<const std::string> domains) {
  std::string_view date = head.Get("x-amz-date");
  if (date.empty()) date = head.Get("date");
  if (date.empty()) return Error::kMissingFields;
  const auto seconds = ReadHeaderDate(date);
  if (!seconds) return Error::kMalformedDate;
  if (const auto error = CheckSkew(*seconds, now)) return error;
  // The header of AWS takes the place of the common one, which proxies may change.
  const std::string signed_date = head.Find("x-amz-date") ? "" : JoinedHeader(head, "date");
  return Compare(claim, StringToSign(head, query, signed_date, domains), secret_access_key);
}

std::optional<Error> CheckPresignedSignatureV2(const SignatureV2& claim,
                                               const http::RequestHead& head, const Query& query,
                                               std::string_view secret_access_key, Timestamp now,
                                               std::span<const std::string> domains) {
  const std::string_view expires = query.Get(kExpires);
  const ReadInteger seconds = ReadDecimalInteger(expires);
  if (seconds.error != NumberError::kNone) return Error::kInvalidExpires;
  if (Timestamp{seconds.value, 0} < now) return Error::kExpiredPresignRequest;
  return Compare(claim, StringToSign(head, query, expires, domains), secret_access_key);
}

std::optional<Failure> CheckJavaSignatureV2(const SignatureV2& claim, const http::RequestHead& head,
                                            const Query& query, std::string_view secret_access_key,
                                            Timestamp now, std::span<const std::string> domains) {
  const std::string_view timestamp = query.Get("Timestamp");
  if (timestamp.empty()) return Failure(Error::kMissingFields);
  const auto seconds = ReadExtendedTime(timestamp);
  if (!seconds) return Failure(Error::kMalformedDate);
  if (const auto error = CheckSkew(*seconds, now)) return Failure(*error);
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const auto& [name, value] : query.pairs()) {
    if (!http::EqualsIgnoreCase(name, "signature")) {
      pairs.emplace_back(EscapeQuery(name), EscapeQuery(value));
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::string text(head.method);
  text.append("\n")
      .append(head.Get("Host"))
      .append("\n")
      .append(SignedPath(head, domains))
      .append("\n");
  bool first = true;
  for (const auto& [name, value] : pairs) {
    if (!first) text.push_back('&');
    first = false;
    text.append(name).append("=").append(value);
  }
  const Sha256Digest digest = HmacSha256(secret_access_key, text);
  if (!EqualsInConstantTime(AsView(digest), claim.signature))
    return Failure(Error::kSignatureDoesNotMatch);
  // Of the headers only the host is signed.
  return CheckAllSigned(head, "host");
}

}  // namespace tarn::s3gw
