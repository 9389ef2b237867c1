#include "codec/digest.h"

#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace tarn {
namespace {

using internal::DigestKind;

// Never freed: digests may be computed until the last static destructor has run.
const EVP_MD* Algorithm(DigestKind kind) {
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  const EVP_MD* md = kind == DigestKind::kSha256 ? sha256 : md5;
  TARN_CHECK(md != nullptr);
  return md;
}

/// A context of this thread for one-shot digests.
class ThreadContext {
 public:
  ThreadContext() : context_(EVP_MD_CTX_new()) { TARN_CHECK(context_ != nullptr); }
  ~ThreadContext() { EVP_MD_CTX_free(context_); }
  ThreadContext(const ThreadContext&) = delete;
  ThreadContext& operator=(const ThreadContext&) = delete;
  EVP_MD_CTX* get() { return context_; }

 private:
  EVP_MD_CTX* context_;
};

template <class Digest>
Digest OneShot(DigestKind kind, ThreadContext& context, std::string_view first,
               std::string_view second = {}) {
  Digest digest;
  TARN_CHECK(EVP_DigestInit_ex2(context.get(), Algorithm(kind), nullptr) == 1);
  TARN_CHECK(EVP_DigestUpdate(context.get(), first.data(), first.size()) == 1);
  if (!second.empty()) {
    TARN_CHECK(EVP_DigestUpdate(context.get(), second.data(), second.size()) == 1);
  }
  TARN_CHECK(EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()),
                                nullptr) == 1);
  return digest;
}

// One context per algorithm: changing the algorithm of a context allocates anew.
Sha256Digest Sha256Of(std::string_view first, std::string_view second = {}) {
  thread_local ThreadContext context;
  return OneShot<Sha256Digest>(DigestKind::kSha256, context, first, second);
}

}  // namespace

Sha256Digest Sha256(std::string_view bytes) { return Sha256Of(bytes); }

Md5Digest Md5(std::string_view bytes) {
  thread_local ThreadContext context;
  return OneShot<Md5Digest>(DigestKind::kMd5, context, bytes);
}

// RFC 2104 by hand: OpenSSL's HMAC interface sets up a new context per call.
Sha256Digest HmacSha256(std::string_view key, std::string_view bytes) {
  constexpr size_t kBlockBytes = 64;
  std::array<char, kBlockBytes> inner{};
  if (key.size() > kBlockBytes) {
    const Sha256Digest short_key = Sha256(key);
    std::copy(short_key.begin(), short_key.end(), inner.begin());
  } else {
    std::copy(key.begin(), key.end(), inner.begin());
  }
  std::array<char, kBlockBytes> outer = inner;
  for (char& c : inner) c = static_cast<char>(c ^ 0x36);
  for (char& c : outer) c = static_cast<char>(c ^ 0x5c);
  const Sha256Digest inner_digest = Sha256Of(AsView(inner), bytes);
  return Sha256Of(AsView(outer), AsView(inner_digest));
}

namespace internal {

void DigestStream::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

DigestStream::DigestStream(DigestKind kind) : kind_(kind), context_(EVP_MD_CTX_new()) {
  TARN_CHECK(context_ != nullptr &&
             EVP_DigestInit_ex2(context_.get(), Algorithm(kind_), nullptr) == 1);
}

DigestStream::~DigestStream() = default;

DigestStream::DigestStream(const DigestStream& other)
    : kind_(other.kind_), context_(EVP_MD_CTX_new()) {
  TARN_CHECK(context_ != nullptr && EVP_MD_CTX_copy_ex(context_.get(), other.context_.get()) == 1);
}

DigestStream& DigestStream::operator=(const DigestStream& other) {
  if (this != &other) *this = DigestStream(other);
  return *this;
}

void DigestStream::Update(std::string_view bytes) {
  TARN_CHECK(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1);
}

void DigestStream::Finish(char* out) {
  TARN_CHECK(EVP_DigestFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out), nullptr) ==
                 1 &&
             EVP_DigestInit_ex2(context_.get(), Algorithm(kind_), nullptr) == 1);
}

}  // namespace internal
}  // namespace tarn
