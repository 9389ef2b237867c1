#include "s3gw/signing/signature_v4.h"

#include <algorithm>
#include <array>

#include "codec/constant_time.h"
#include "codec/go_number.h"
#include "codec/utf8.h"
#include "http/signature_v4.h"
#include "s3gw/signing/signature_date.h"
#include "s3gw/signing/unsigned_headers.h"

namespace tarn::s3gw {
namespace {

constexpr int64_t kExpiresSecondsMax = 604'800;
constexpr size_t kDaySize = 8;

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsWord(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
constexpr bool IsScopeName(char c) { return IsWord(c) || c == '-'; }
constexpr bool IsHeaderList(char c) {
  return IsWord(c) || std::string_view("-;.#!$%&'*+^`|~").find(c) != std::string_view::npos;
}
constexpr bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }
constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

template <class Predicate>
std::string_view TakeWhile(std::string_view* text, Predicate predicate) {
  const auto end = std::find_if_not(text->begin(), text->end(), predicate);
  const std::string_view run = text->substr(0, static_cast<size_t>(end - text->begin()));
  text->remove_prefix(run.size());
  return run;
}

bool Take(std::string_view* text, std::string_view literal) {
  if (!text->starts_with(literal)) return false;
  text->remove_prefix(literal.size());
  return true;
}

/// Takes "20260102/region/service/aws4_request" off `text`; empty if it is not there.
std::string_view TakeScope(std::string_view* text) {
  const std::string_view all = *text;
  if (TakeWhile(text, IsDigit).size() != kDaySize) return {};
  for (int i = 0; i < 2; ++i) {
    if (!Take(text, "/") || TakeWhile(text, IsScopeName).empty()) return {};
  }
  if (!Take(text, "/aws4_request")) return {};
  return all.substr(0, all.size() - text->size());
}

/// The end of the longest access key id at the front of `text` that `fits(rest)`, rest being what
/// follows the '/' after it: 3 to 20 characters of any kind, slashes too. 0 if there is none.
template <class Fits>
size_t FindKeyEnd(std::string_view text, Fits fits) {
  size_t end = 0;
  size_t at = 0;
  for (size_t count = 0; count <= kAccessKeyIdSizeMax && at < text.size(); ++count) {
    if (text[at] == '/' && count >= kAccessKeyIdSizeMin && fits(text.substr(at + 1))) end = at;
    at += static_cast<uint8_t>(text[at]) < 0x80 ? 1 : FirstRune(text.substr(at)).length;
  }
  return end;
}

/// Reads what follows "Credential=" in the header.
std::optional<SignatureV4> ReadHeaderFields(std::string_view text) {
  SignatureV4 claim;
  const auto fits = [&claim](std::string_view rest) {
    const std::string_view scope = TakeScope(&rest);
    if (scope.empty() || !Take(&rest, ",")) return false;
    TakeWhile(&rest, IsSpace);
    if (!Take(&rest, "SignedHeaders=")) return false;
    const std::string_view names = TakeWhile(&rest, IsHeaderList);
    if (names.empty() || !Take(&rest, ",")) return false;
    TakeWhile(&rest, IsSpace);
    if (!Take(&rest, "Signature=")) return false;
    constexpr size_t kSignatureSize = 64;
    const std::string_view signature = rest.substr(0, kSignatureSize);
    if (signature.size() != kSignatureSize ||
        !std::all_of(signature.begin(), signature.end(), IsHex)) {
      return false;
    }
    claim.scope = scope;
    claim.signed_headers = names;
    claim.signature = signature;
    return true;
  };
  const size_t end = FindKeyEnd(text, fits);
  if (end == 0) return std::nullopt;
  claim.access_key_id = text.substr(0, end);
  return claim;
}

std::optional<SignatureV4> ReadHeader(std::string_view header) {
  constexpr std::string_view kStart = "AWS4-HMAC-SHA256 Credential=";
  for (size_t at = header.find(kStart); at != std::string_view::npos;
       at = header.find(kStart, at + 1)) {
    if (auto claim = ReadHeaderFields(header.substr(at + kStart.size()))) return claim;
  }
  return std::nullopt;
}

/// Finds key and scope anywhere in the text of the query parameter.
bool ReadCredential(std::string_view text, SignatureV4* claim) {
  const auto fits = [claim](std::string_view rest) {
    const std::string_view scope = TakeScope(&rest);
    if (scope.empty()) return false;
    claim->scope = scope;
    return true;
  };
  size_t start = 0;  // At most the longest key before `at`.
  size_t count = 0;  // Characters between the two.
  const auto length = [&](size_t i) { return FirstRune(text.substr(i)).length; };
  for (size_t at = 0; at < text.size(); at += length(at), ++count) {
    if (count > kAccessKeyIdSizeMax) {
      start += length(start);
      --count;
    }
    if (text[at] != '/' || count < kAccessKeyIdSizeMin || !fits(text.substr(at + 1))) continue;
    text.remove_prefix(start);
    claim->access_key_id = text.substr(0, FindKeyEnd(text, fits));
    return true;
  }
  return false;
}

std::optional<Error> ReadExpires(std::string_view text, int64_t* expires_s) {
  const ReadInteger read = ReadDecimalInteger(text);
  if (read.error != NumberError::kNone) return Error::kMalformedExpires;
  if (read.value < 0) return Error::kNegativeExpires;
  if (read.value > kExpiresSecondsMax) return Error::kMaximumExpires;
  *expires_s = read.value;
  return std::nullopt;
}

Expected<std::optional<SignatureV4>> ReadQuery(const Query& query) {
  const std::string* algorithm = query.Find("X-Amz-Algorithm");
  if (algorithm == nullptr) return std::optional<SignatureV4>();
  if (!http::EqualsIgnoreCase(*algorithm, http::kSignatureV4Algorithm)) {
    return Error::kInvalidQuerySignatureAlgorithm;
  }
  const std::string* credential = query.Find("X-Amz-Credential");
  const std::string* signature = query.Find(http::kSignatureParameter);
  const std::string* signed_headers = query.Find("X-Amz-SignedHeaders");
  const std::string* expires = query.Find("X-Amz-Expires");
  if (credential == nullptr || signature == nullptr || signed_headers == nullptr ||
      expires == nullptr || !query.Has("X-Amz-Date")) {
    return Error::kMissingFields;
  }
  if (credential->empty()) return Error::kMissingCredentialTag;
  SignatureV4 claim;
  if (!ReadCredential(*credential, &claim)) return Error::kCredentialMalformed;
  claim.signed_headers = *signed_headers;
  claim.signature = *signature;
  int64_t expires_s = 0;
  if (const auto error = ReadExpires(*expires, &expires_s)) return *error;
  claim.expires_s = expires_s;
  return std::optional(claim);
}

/// When the request was made, as text and in seconds; also checks that its key is of that day.
struct Date {
  std::string_view text;
  int64_t seconds = 0;
};

Expected<Date> ReadDate(const SignatureV4& claim, const http::RequestHead& head,
                        const Query& query) {
  Date date{query.Get("X-Amz-Date")};
  if (date.text.empty()) date.text = head.Get("x-amz-date");
  if (date.text.empty()) date.text = head.Get("date");
  if (date.text.empty()) return Error::kMissingDateHeader;
  const auto seconds = ReadBasicTime(date.text);
  if (!seconds) return Error::kMalformedDate;
  date.seconds = *seconds;
  const std::string_view day = claim.scope.substr(0, kDaySize);
  if (!ReadBasicDay(day)) return Error::kMalformedCredentialDate;
  if (day != date.text.substr(0, kDaySize)) return Error::kInvalidCredentialDate;
  return date;
}

}  // namespace

Expected<std::optional<SignatureV4>> ReadSignatureV4(const http::RequestHead& head,
                                                     const Query& query) {
  const std::string_view header = head.Get("Authorization");
  if (!header.empty()) return ReadHeader(header);
  return ReadQuery(query);
}

Expected<SignedRequest> CheckSignatureV4(const SignatureV4& claim, const http::RequestHead& head,
                                         const Query& query, std::string_view secret_access_key,
                                         Timestamp now) {
  const auto date = ReadDate(claim, head, query);
  if (!date.ok()) return date.failure();
  if (std::count(claim.signed_headers.begin(), claim.signed_headers.end(), ';') >=
      static_cast<std::ptrdiff_t>(kSignedHeadersMax)) {
    return Error::kSignatureDoesNotMatch;
  }
  SignedRequest made;
  made.is_v4 = true;
  made.signing_key = http::SigningKey(secret_access_key, claim.scope);
  std::string_view payload_hash = head.Get("x-amz-content-sha256");
  if (payload_hash.empty()) payload_hash = query.Get("X-Amz-Content-Sha256");
  const std::string canonical = http::CanonicalRequest(
      {head.method, head.path, query.pairs(), head.headers, claim.signed_headers,
       payload_hash.empty() ? http::kUnsignedPayload : payload_hash});
  made.signature = http::SignRequest(made.signing_key, {date->text, claim.scope}, canonical);
  if (!EqualsInConstantTime(made.signature, claim.signature)) return Error::kSignatureDoesNotMatch;
  if (auto failure = CheckAllSigned(head, claim.signed_headers)) return *std::move(failure);

  // A presigned URL has an end of its own, so its age is no matter of clocks.
  const auto error =
      claim.expires_s ? CheckNotEarly(date->seconds, now) : CheckSkew(date->seconds, now);
  if (error) return *error;
  if (claim.expires_s && Timestamp{date->seconds + *claim.expires_s, 0} < now) {
    return Error::kExpiredPresignRequest;
  }
  made.date = date->text;
  made.scope = claim.scope;
  return made;
}

}  // namespace tarn::s3gw
