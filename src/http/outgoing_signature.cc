#include "http/outgoing_signature.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include "fmt/format.h"
#include "http/signature_v4.h"

namespace tarn::http {
namespace {

std::string DateOf(int64_t seconds) {
  const auto time = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[sizeof("20130524T000000Z")];
  return {text, std::strftime(text, sizeof(text), "%Y%m%dT%H%M%SZ", &utc)};
}

std::string ScopeOf(const Signer& signer, std::string_view date) {
  return fmt::format("{}/{}/{}/aws4_request", date.substr(0, 8), signer.region, signer.service);
}

std::string PathOf(const OutgoingRequest& request) {
  std::string path;
  AppendSignedText(&path, request.path, Slashes::kPlain);
  return path;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  }
  return lower;
}

std::string_view PayloadHashOf(const OutgoingRequest& request) {
  return request.payload_hash.empty() ? kUnsignedPayload : std::string_view(request.payload_hash);
}

/// The names of all headers: sorted, in lower case, joined by ';'.
std::string SignedNames(const OutgoingRequest& request) {
  std::vector<std::string> names;
  for (const auto& [name, value] : request.headers) names.push_back(LowerCase(name));
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return fmt::format("{}", fmt::join(names, ";"));
}

std::string SignatureOf(const Signer& signer, std::string_view date, std::string_view scope,
                        std::string_view names, const OutgoingRequest& request) {
  const std::vector<std::pair<std::string_view, std::string_view>> headers(request.headers.begin(),
                                                                           request.headers.end());
  const std::string path = PathOf(request);
  return SignRequest(SigningKey(signer.secret_access_key, scope), {date, scope},
                     CanonicalRequest({request.method, path, request.query, headers, names,
                                       PayloadHashOf(request)}));
}

}  // namespace

std::string TargetOf(const OutgoingRequest& request) {
  std::string target = PathOf(request);
  char separator = '?';
  for (const auto& [name, value] : request.query) {
    target += std::exchange(separator, '&');
    AppendSignedText(&target, name, Slashes::kEscaped);
    target += '=';
    AppendSignedText(&target, value, Slashes::kEscaped);
  }
  return target;
}

void SignByHeaders(const Signer& signer, OutgoingRequest* request) {
  const std::string date = DateOf(signer.now_seconds), scope = ScopeOf(signer, date);
  request->headers.emplace_back("X-Amz-Date", date);
  request->headers.emplace_back("X-Amz-Content-Sha256", PayloadHashOf(*request));
  if (!signer.session_token.empty()) {
    request->headers.emplace_back("X-Amz-Security-Token", signer.session_token);
  }
  const std::string names = SignedNames(*request);
  const std::string signature = SignatureOf(signer, date, scope, names, *request);
  request->headers.emplace_back(
      "Authorization",
      fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kSignatureV4Algorithm,
                  signer.access_key_id, scope, names, signature));
}

void SignByQuery(const Signer& signer, int64_t expires_seconds, OutgoingRequest* request) {
  const std::string date = DateOf(signer.now_seconds), scope = ScopeOf(signer, date);
  const std::string names = SignedNames(*request);
  request->query.emplace_back("X-Amz-Algorithm", kSignatureV4Algorithm);
  request->query.emplace_back("X-Amz-Credential",
                              fmt::format("{}/{}", signer.access_key_id, scope));
  request->query.emplace_back("X-Amz-Date", date);
  request->query.emplace_back("X-Amz-Expires", std::to_string(expires_seconds));
  if (!signer.session_token.empty()) {
    request->query.emplace_back("X-Amz-Security-Token", signer.session_token);
  }
  request->query.emplace_back("X-Amz-SignedHeaders", names);
  std::string signature = SignatureOf(signer, date, scope, names, *request);
  request->query.emplace_back(kSignatureParameter, std::move(signature));
}

}  // namespace tarn::http
