// Any bytes as the head of a signed request. What is found in it must be what the reference's
// patterns find, and nothing may verify against a secret that nobody signed with.
#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/base64.h"
#include "codec/url.h"
#include "codec/utf8.h"
#include "http/head_parser.h"
#include "http/signature_v4.h"
#include "s3gw/signing/payload.h"
#include "s3gw/signing/signature_v2.h"
#include "s3gw/signing/signature_v4.h"

namespace tarn::s3gw {
namespace {

constexpr int kHeadersMax = 200;
constexpr std::string_view kSecret = "nobody signs with this one";
const std::string kDomains[] = {"s3.local.lakefs.io", "x"};
// The time of the seeds.
constexpr Timestamp kNow = {1'369'353'600, 0};

/// As the reference's language reads them, which RE2 does too where the text is UTF-8.
void CompareV4Header(std::string_view header, const std::optional<SignatureV4>& claim) {
  static const re2::RE2 pattern(
      "AWS4-HMAC-SHA256 Credential=(.{3,20})/(\\d{8}/[\\w\\-]+/[\\w\\-]+/aws4_request),\\s*"
      "SignedHeaders=([\\w\\-;.#!$%&'*+^`|~]+),\\s*Signature=([abcdef0123456789]{64})");
  re2::StringPiece key, scope, names, signature;
  const bool found = re2::RE2::PartialMatch(re2::StringPiece(header.data(), header.size()), pattern,
                                            &key, &scope, &names, &signature);
  TARN_CHECK(found == claim.has_value());
  if (!found) return;
  TARN_CHECK(claim->access_key_id == std::string_view(key.data(), key.size()));
  TARN_CHECK(claim->scope == std::string_view(scope.data(), scope.size()));
  TARN_CHECK(claim->signed_headers == std::string_view(names.data(), names.size()));
  TARN_CHECK(claim->signature == std::string_view(signature.data(), signature.size()));
}

void CompareV2Header(std::string_view header, const std::optional<SignatureV2>& claim) {
  static const re2::RE2 pattern("AWS (.{3,20}):([A-Za-z0-9+/=]+)");
  re2::StringPiece key, signature;
  const bool found = re2::RE2::PartialMatch(re2::StringPiece(header.data(), header.size()), pattern,
                                            &key, &signature);
  const auto decoded =
      found ? DecodeBase64({signature.data(), signature.size()}) : std::optional<std::string>();
  TARN_CHECK(decoded.has_value() == claim.has_value());
  if (!decoded) return;
  TARN_CHECK(claim->access_key_id == std::string_view(key.data(), key.size()));
  TARN_CHECK(claim->signature == *decoded);
}

void CompareCredential(std::string_view credential, const SignatureV4* claim) {
  static const re2::RE2 pattern("(.{3,20})/(\\d{8}/[\\w\\-]+/[\\w\\-]+/aws4_request)");
  re2::StringPiece key, scope;
  const bool found = re2::RE2::PartialMatch(re2::StringPiece(credential.data(), credential.size()),
                                            pattern, &key, &scope);
  TARN_CHECK(found == (claim != nullptr));
  if (!found) return;
  TARN_CHECK(claim->access_key_id == std::string_view(key.data(), key.size()));
  TARN_CHECK(claim->scope == std::string_view(scope.data(), scope.size()));
}

/// What is signed tells path and query apart from all others: both can be read back from it.
void CheckCanonicalRequest(const http::RequestHead& head, const Query& query) {
  const std::string text = http::CanonicalRequest(
      {head.method, head.path, query.pairs(), head.headers, "host", http::kUnsignedPayload});
  const size_t path = text.find('\n') + 1;
  const size_t pairs = text.find('\n', path) + 1;
  const std::string_view signed_path(text.data() + path, pairs - path - 1);
  const std::string_view signed_pairs(text.data() + pairs, text.find('\n', pairs) - pairs);
  TARN_CHECK(*PathUnescape(signed_path) == *PathUnescape(head.path));
  auto wanted = query.pairs();
  std::erase_if(wanted, [](const auto& pair) { return pair.first == http::kSignatureParameter; });
  std::sort(wanted.begin(), wanted.end());
  TARN_CHECK(Query(signed_pairs).pairs() == wanted);
}

void CheckV4(const http::RequestHead& head, const Query& query) {
  const auto read = ReadSignatureV4(head, query);
  const std::string_view header = head.Get("Authorization");
  const std::string_view credential = query.Get("X-Amz-Credential");
  if (!header.empty() && IsValidUtf8(header)) {
    TARN_CHECK(read.ok());
    CompareV4Header(header, *read);
  } else if (header.empty() && read.ok() && *read && IsValidUtf8(credential)) {
    CompareCredential(credential, &**read);
  } else if (header.empty() && !read.ok() && read.failure().error == Error::kCredentialMalformed &&
             IsValidUtf8(credential)) {
    CompareCredential(credential, nullptr);
  }
  if (!read.ok() || !*read) return;
  const auto checked = CheckSignatureV4(**read, head, query, kSecret, kNow);
  TARN_CHECK(!checked.ok());
}

void CheckV2(const http::RequestHead& head, const Query& query) {
  const auto claim = ReadSignatureV2(head);
  const std::string_view header = head.Get("Authorization");
  if (IsValidUtf8(header)) CompareV2Header(header, claim);
  if (claim) TARN_CHECK(CheckSignatureV2(*claim, head, query, kSecret, kNow, kDomains).has_value());
  if (const auto link = ReadPresignedSignatureV2(query)) {
    TARN_CHECK(CheckPresignedSignatureV2(*link, head, query, kSecret, kNow, kDomains).has_value());
  }
  if (const auto java = ReadJavaSignatureV2(query)) {
    TARN_CHECK(CheckJavaSignatureV2(*java, head, query, kSecret, kNow, kDomains).has_value());
  }
}

void Run(std::string_view bytes) {
  http::HeadScanner scanner;
  if (scanner.Scan(bytes) != http::HeadScanner::Outcome::kFound) return;
  http::ParsedHead parsed;
  if (http::ParseHead(bytes.substr(scanner.begin(), scanner.end() - scanner.begin()), kHeadersMax,
                      &parsed)) {
    return;
  }
  const Query query(parsed.head.query);
  CheckCanonicalRequest(parsed.head, query);
  CheckV4(parsed.head, query);
  CheckV2(parsed.head, query);
  SignedRequest signed_request;
  signed_request.is_v4 = true;
  static_cast<void>(Payload::Make(parsed.head, signed_request).ok());
}

}  // namespace
}  // namespace tarn::s3gw

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::s3gw::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
