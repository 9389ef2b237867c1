// SHA-256, MD5 and HMAC-SHA256 over OpenSSL.
//
// Algorithms are fetched once per process and contexts are reused, which makes a small record three
// times cheaper than the usual EVP calls. Level 1; the one-shot functions are thread-safe, a hasher
// belongs to one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <string_view>

struct evp_md_ctx_st;

namespace tarn {

using Sha256Digest = std::array<char, 32>;
using Md5Digest = std::array<char, 16>;

template <size_t N>
std::string_view AsView(const std::array<char, N>& digest) {
  return {digest.data(), digest.size()};
}

Sha256Digest Sha256(std::string_view bytes);
Md5Digest Md5(std::string_view bytes);
Sha256Digest HmacSha256(std::string_view key, std::string_view bytes);

namespace internal {

enum class DigestKind : unsigned char { kSha256, kMd5 };

/// Untyped streaming digest behind the hashers below. Copies carry the state.
class DigestStream {
 public:
  explicit DigestStream(DigestKind kind);
  ~DigestStream();
  DigestStream(const DigestStream& other);
  DigestStream& operator=(const DigestStream& other);
  DigestStream(DigestStream&& other) noexcept = default;
  DigestStream& operator=(DigestStream&& other) noexcept = default;

  void Update(std::string_view bytes);
  /// Writes the digest to `out` and starts over.
  void Finish(char* out);

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };
  DigestKind kind_;
  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

}  // namespace internal

/// Hashes bytes that come in pieces. A copy is a saved state: hashing can go on from it later.
template <internal::DigestKind kKind, class Digest>
class Hasher {
 public:
  Hasher() : stream_(kKind) {}
  void Update(std::string_view bytes) { stream_.Update(bytes); }
  /// The digest of everything since construction or the last Finish; starts over.
  Digest Finish() {
    Digest digest;
    stream_.Finish(digest.data());
    return digest;
  }

 private:
  internal::DigestStream stream_;
};

using Sha256Hasher = Hasher<internal::DigestKind::kSha256, Sha256Digest>;
using Md5Hasher = Hasher<internal::DigestKind::kMd5, Md5Digest>;

}  // namespace tarn
