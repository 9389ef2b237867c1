#include "codec/sha1.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace tarn {
namespace {

// Fetched once and never freed, as those of codec/digest.cc.
const EVP_MD* Algorithm() {
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  TARN_CHECK(sha1 != nullptr);
  return sha1;
}

std::string_view View(const Sha1Digest& digest) { return {digest.data(), digest.size()}; }

}  // namespace

Sha1Digest HmacSha1(std::string_view key, std::string_view bytes) {
  constexpr size_t kBlockBytes = 64;
  Sha1Hasher hasher;
  std::array<char, kBlockBytes> inner{};
  if (key.size() > kBlockBytes) {
    hasher.Update(key);
    const Sha1Digest short_key = hasher.Finish();
    std::copy(short_key.begin(), short_key.end(), inner.begin());
  } else {
    std::copy(key.begin(), key.end(), inner.begin());
  }
  std::array<char, kBlockBytes> outer = inner;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  hasher.Update({inner.data(), inner.size()});
  hasher.Update(bytes);
  const Sha1Digest inner_digest = hasher.Finish();
  hasher.Update({outer.data(), outer.size()});
  hasher.Update(View(inner_digest));
  return hasher.Finish();
}

void Sha1Hasher::FreeContext::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Sha1Hasher::Sha1Hasher() : context_(EVP_MD_CTX_new()) {
  TARN_CHECK(context_ != nullptr && EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr) == 1);
}

void Sha1Hasher::Update(std::string_view bytes) {
  TARN_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

Sha1Digest Sha1Hasher::Finish() {
  Sha1Digest digest;
  TARN_CHECK(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                nullptr) == 1 &&
             EVP_DigestInit_ex2(context_.get(), Algorithm(), nullptr) == 1);
  return digest;
}

}  // namespace tarn
