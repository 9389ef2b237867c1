#include "codec/rsa.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <limits>
#include <utility>

namespace tarn {
namespace {

using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

/// Instead of asking the terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*is_write*/, void* /*data*/) { return -1; }

}  // namespace

Result<RsaKey> RsaKey::FromPem(std::string_view pem) {
  const Status failure(Code::kInvalidValue, "no RSA private key in PEM form");
  if (pem.size() > size_t{std::numeric_limits<int>::max()}) return failure;
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
  if (!text) return Status(Code::kInternal, "out of memory");
  std::shared_ptr<EVP_PKEY> key(PEM_read_bio_PrivateKey(text.get(), nullptr, NoPassword, nullptr),
                                EVP_PKEY_free);
  ERR_clear_error();
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return failure;
  return RsaKey(std::move(key));
}

Result<std::string> RsaKey::Sign(std::string_view bytes) const {
  const Context context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  size_t size = 0;
  std::string signature;
  bool done = context &&
              EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), nullptr, &size, data, bytes.size()) == 1;
  if (done) {
    signature.resize(size);
    done = EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                          data, bytes.size()) == 1;
  }
  if (!done) {
    ERR_clear_error();
    return Status(Code::kInternal, "the RSA key cannot sign");
  }
  signature.resize(size);
  return signature;
}

}  // namespace tarn
