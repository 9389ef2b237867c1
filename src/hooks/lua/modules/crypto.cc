// Modules `crypto/aes`, `crypto/hmac` and `crypto/sha256`.
#include <openssl/evp.h>

#include "base/random.h"
#include "codec/digest.h"
#include "codec/sha1.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr size_t kBlockBytes = 16;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// AES in CBC mode with PKCS #7 padding. kInvalidValue for a key of another length, and for data
/// that is no such text.
Result<std::string> Aes(std::string_view key, std::string_view iv, std::string_view data,
                        bool encrypt) {
  const EVP_CIPHER* const cipher = key.size() == 16   ? EVP_aes_128_cbc()
                                   : key.size() == 24 ? EVP_aes_192_cbc()
                                   : key.size() == 32 ? EVP_aes_256_cbc()
                                                      : nullptr;
  if (cipher == nullptr) {
    return Status(Code::kInvalidValue,
                  "crypto/aes: invalid key size " + std::to_string(key.size()));
  }
  const std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> context(EVP_CIPHER_CTX_new());
  std::string out(data.size() + kBlockBytes, '\0');
  int size = 0, rest = 0;
  const bool is_done = context != nullptr && data.size() <= INT32_MAX - kBlockBytes &&
                       EVP_CipherInit_ex(context.get(), cipher, nullptr, Bytes(key), Bytes(iv),
                                         encrypt ? 1 : 0) == 1 &&
                       EVP_CipherUpdate(context.get(), Bytes(out), &size, Bytes(data),
                                        static_cast<int>(data.size())) == 1 &&
                       EVP_CipherFinal_ex(context.get(), Bytes(out) + size, &rest) == 1;
  if (!is_done) return Status(Code::kInvalidValue, "crypto/aes: data is not what was encrypted");
  out.resize(static_cast<size_t>(size) + static_cast<size_t>(rest));
  return out;
}

Status Encrypt(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view plain, call.Text(2));
  std::string iv(kBlockBytes, '\0');
  SystemRandom().Fill({Bytes(iv), iv.size()});
  TARN_TRY_ASSIGN(const std::string sealed, Aes(key, iv, plain, true));
  call.Return(iv + sealed);
  return {};
}

Status Decrypt(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view data, call.Text(2));
  if (data.size() < 2 * kBlockBytes || data.size() % kBlockBytes != 0) {
    TARN_TRY(Aes(key, std::string(kBlockBytes, '\0'), "", true));  // A bad key comes first.
    return {Code::kInvalidValue, "crypto/aes: input not full blocks"};
  }
  TARN_TRY_ASSIGN(std::string plain, Aes(key, data, data.substr(kBlockBytes), false));
  call.Return(std::move(plain));
  return {};
}

template <auto kSign>
Status Sign(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view message, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view key, call.Text(2));
  const auto signature = kSign(key, message);
  call.ReturnText({signature.data(), signature.size()});
  return {};
}

Status Digest(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view message, call.Text(1));
  call.ReturnText(AsView(Sha256(message)));
  return {};
}

constexpr Function kAes[] = {{"decryptCBC", Native<Decrypt>}, {"encryptCBC", Native<Encrypt>}};
constexpr Function kHmac[] = {{"sign_sha1", Native<Sign<HmacSha1>>},
                              {"sign_sha256", Native<Sign<HmacSha256>>}};
constexpr Function kSha256[] = {{"digest", Native<Digest>}};

}  // namespace

std::span<const Function> AesModule() { return kAes; }
std::span<const Function> HmacModule() { return kHmac; }
std::span<const Function> Sha256Module() { return kSha256; }

}  // namespace tarn::hooks::lua
