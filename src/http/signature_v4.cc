#include "http/signature_v4.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "codec/hex.h"
#include "codec/url.h"
#include "http/message.h"

namespace tarn::http {
namespace {

constexpr std::array<bool, 256> UnreservedCharacters() {
  std::array<bool, 256> unreserved{};
  for (int c = '0'; c <= '9'; ++c) unreserved[static_cast<size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) unreserved[static_cast<size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) unreserved[static_cast<size_t>(c)] = true;
  for (const char c : {'-', '_', '.', '~'}) unreserved[static_cast<uint8_t>(c)] = true;
  return unreserved;
}
constexpr auto kUnreserved = UnreservedCharacters();

// Nearly every path consists of characters that stand for themselves.
void AppendPath(std::string* out, std::string_view path) {
  const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
    return kUnreserved[static_cast<uint8_t>(c)] || c == '/';
  });
  if (plain) {
    out->append(path);
    return;
  }
  const auto decoded = PathUnescape(path);
  if (!decoded.ok()) return;
  AppendSignedText(out, *decoded, Slashes::kPlain);
}

void AppendQuery(std::string* out, std::span<const std::pair<std::string, std::string>> query) {
  std::vector<const std::pair<std::string, std::string>*> pairs;
  pairs.reserve(query.size());
  for (const auto& pair : query) {
    if (pair.first != kSignatureParameter) pairs.push_back(&pair);
  }
  std::sort(pairs.begin(), pairs.end(), [](const auto* a, const auto* b) { return *a < *b; });
  bool first = true;
  for (const auto* pair : pairs) {
    if (!first) out->push_back('&');
    first = false;
    AppendSignedText(out, pair->first, Slashes::kEscaped);
    out->push_back('=');
    AppendSignedText(out, pair->second, Slashes::kEscaped);
  }
}

constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\v' || c == '\f' || c == '\r';
}

/// Appends `value` without space around it; runs of space inside keep their first character.
void AppendTrimmed(std::string* out, std::string_view value) {
  while (!value.empty() && IsSpace(value.front())) value.remove_prefix(1);
  while (!value.empty() && IsSpace(value.back())) value.remove_suffix(1);
  for (size_t i = 1; i < value.size(); ++i) {
    if (!IsSpace(value[i]) || !IsSpace(value[i - 1])) continue;
    out->append(value.substr(0, i));
    while (IsSpace(value[i])) ++i;  // Ends, since the last character is no space.
    value.remove_prefix(i);
    i = 0;
  }
  out->append(value);
}

void AppendHeader(std::string* out, std::string_view name, const RequestToSign& request) {
  out->append(name).push_back(':');
  bool first = true;
  for (const auto& [key, value] : request.headers) {
    if (!EqualsIgnoreCase(key, name)) continue;
    if (!first) out->push_back(',');
    first = false;
    AppendTrimmed(out, value);
  }
  out->push_back('\n');
}

void AppendHeaders(std::string* out, const RequestToSign& request) {
  std::vector<std::string_view> names;
  std::string_view rest = request.signed_headers;
  names.reserve(static_cast<size_t>(std::count(rest.begin(), rest.end(), ';')) + 1);
  while (true) {
    const size_t end = rest.find(';');
    names.push_back(rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  if (!std::is_sorted(names.begin(), names.end())) std::sort(names.begin(), names.end());
  // A long header must not be signed, and copied, as often as a stranger likes to name it.
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string_view name : names) AppendHeader(out, name, request);
}

std::string HexHmac(const Sha256Digest& key, std::string_view text) {
  return ToHex(AsView(HmacSha256(AsView(key), text)));
}

/// The lines with which every string to sign begins.
std::string Preamble(std::string_view algorithm, const SigningContext& context, size_t room) {
  std::string text;
  text.reserve(algorithm.size() + context.date.size() + context.scope.size() + 3 + room);
  text.append(algorithm).push_back('\n');
  text.append(context.date).push_back('\n');
  text.append(context.scope).push_back('\n');
  return text;
}

constexpr size_t kHexDigestSize = 64;

/// The key of each of a few scopes, oldest replaced first.
struct RememberedKeys {
  struct Entry {
    std::string secret_access_key, scope;
    Sha256Digest key;
  };
  static constexpr size_t kEntriesMax = 8;
  std::vector<Entry> entries;
  size_t next = 0;
};

Sha256Digest MakeSigningKey(std::string_view secret_access_key, std::string_view scope) {
  std::string first = "AWS4";
  first.append(secret_access_key);
  Sha256Digest key;
  std::string_view with = first;
  while (true) {
    const size_t end = scope.find('/');
    key = HmacSha256(with, scope.substr(0, end));
    if (end == std::string_view::npos) return key;
    with = AsView(key);
    scope.remove_prefix(end + 1);
  }
}

}  // namespace

void AppendSignedText(std::string* out, std::string_view text, Slashes slashes) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  size_t plain = 0;  // Start of the run that stands for itself.
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (kUnreserved[byte] || (text[i] == '/' && slashes == Slashes::kPlain)) continue;
    const char escape[3] = {'%', kHex[byte >> 4], kHex[byte & 15]};
    out->append(text.substr(plain, i - plain)).append(escape, sizeof(escape));
    plain = i + 1;
  }
  out->append(text.substr(plain));
}

std::string CanonicalRequest(const RequestToSign& request) {
  constexpr size_t kUsualSize = 1024;
  std::string text;
  text.reserve(kUsualSize);
  text.append(request.method).push_back('\n');
  AppendPath(&text, request.path);
  text.push_back('\n');
  AppendQuery(&text, request.query);
  text.push_back('\n');
  AppendHeaders(&text, request);
  text.push_back('\n');
  text.append(request.signed_headers).push_back('\n');
  text.append(request.payload_hash);
  return text;
}

Sha256Digest SigningKey(std::string_view secret_access_key, std::string_view scope) {
  thread_local RememberedKeys remembered;
  for (const auto& entry : remembered.entries) {
    if (entry.scope == scope && entry.secret_access_key == secret_access_key) return entry.key;
  }
  RememberedKeys::Entry made{std::string(secret_access_key), std::string(scope),
                             MakeSigningKey(secret_access_key, scope)};
  const Sha256Digest key = made.key;
  if (remembered.entries.size() < RememberedKeys::kEntriesMax) {
    remembered.entries.push_back(std::move(made));
  } else {
    remembered.entries[remembered.next] = std::move(made);
    remembered.next = (remembered.next + 1) % RememberedKeys::kEntriesMax;
  }
  return key;
}

std::string SignRequest(const Sha256Digest& key, const SigningContext& context,
                        std::string_view canonical_request) {
  std::string text = Preamble(kSignatureV4Algorithm, context, kHexDigestSize);
  AppendHex(&text, AsView(Sha256(canonical_request)));
  return HexHmac(key, text);
}

std::string SignChunk(const Sha256Digest& key, const SigningContext& context,
                      std::string_view previous, const Sha256Digest& chunk_digest) {
  constexpr std::string_view kEmptyDigest =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  std::string text = Preamble("AWS4-HMAC-SHA256-PAYLOAD", context, 3 * kHexDigestSize + 2);
  text.append(previous).push_back('\n');
  text.append(kEmptyDigest).push_back('\n');
  AppendHex(&text, AsView(chunk_digest));
  return HexHmac(key, text);
}

std::string SignTrailer(const Sha256Digest& key, const SigningContext& context,
                        std::string_view previous, std::string_view lines) {
  std::string text = Preamble("AWS4-HMAC-SHA256-TRAILER", context, 2 * kHexDigestSize + 1);
  text.append(previous).push_back('\n');
  AppendHex(&text, AsView(Sha256(lines)));
  return HexHmac(key, text);
}

}  // namespace tarn::http
