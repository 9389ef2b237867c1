// SHA-1 and HMAC-SHA1 over OpenSSL, for protocols that still speak it (S3 signatures version 2,
// x-amz-checksum-sha1). Never for anything of our own. Level 1; HmacSha1 is thread-safe, a hasher
// belongs to one thread at a time.
#pragma once

#include <array>
#include <memory>
#include <string_view>

struct evp_md_ctx_st;

namespace tarn {

using Sha1Digest = std::array<char, 20>;

Sha1Digest HmacSha1(std::string_view key, std::string_view bytes);

/// Hashes bytes that come in pieces.
class Sha1Hasher {
 public:
  Sha1Hasher();
  void Update(std::string_view bytes);
  /// The digest of everything since construction or the last Finish; starts over.
  Sha1Digest Finish();

 private:
  struct FreeContext {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, FreeContext> context_;
};

}  // namespace tarn
