// Signs requests that go out, by headers or in a URL (AWS signature version 4). Level 2; pure
// functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tarn::http {

/// Who signs. Borrowed.
struct Signer {
  std::string_view access_key_id, secret_access_key;
  std::string_view session_token;  ///< Empty: of a lasting key.
  std::string_view region, service;
  int64_t now_seconds = 0;  ///< Unix time.
};

/// A request that is to be signed. Text is not escaped yet.
struct OutgoingRequest {
  std::string method;
  std::string path;  ///< Begins with '/'.
  std::vector<std::pair<std::string, std::string>> query;
  std::vector<std::pair<std::string, std::string>> headers;  ///< Host among them.
  std::string payload_hash = {};  ///< SHA-256 of the body in hex; empty: it is not signed.
};

/// Path and query as they are sent.
std::string TargetOf(const OutgoingRequest& request);
/// Adds the headers that say who asks, and that all headers so far are what was asked for.
void SignByHeaders(const Signer& signer, OutgoingRequest* request);
/// Adds the query parameters that let anybody send the request for `expires_seconds`. Its headers
/// have to be sent with it.
void SignByQuery(const Signer& signer, int64_t expires_seconds, OutgoingRequest* request);

}  // namespace tarn::http
