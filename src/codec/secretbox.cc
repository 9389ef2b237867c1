#include "codec/secretbox.h"

#include <sodium.h>

#include <array>

#include "base/check.h"

namespace tarn {
namespace {

constexpr size_t kSaltBytes = 8;
constexpr size_t kNonceBytes = crypto_secretbox_NONCEBYTES;
constexpr size_t kHeadBytes = kSaltBytes + kNonceBytes;
constexpr uint64_t kScryptN = 512;
constexpr uint32_t kScryptR = 8;
constexpr uint32_t kScryptP = 1;

using Key = std::array<uint8_t, crypto_secretbox_KEYBYTES>;

const uint8_t* Bytes(std::string_view text) {
  return reinterpret_cast<const uint8_t*>(text.data());
}

Key DeriveKey(std::string_view secret_key, const uint8_t* salt) {
  Key key;
  TARN_CHECK(crypto_pwhash_scryptsalsa208sha256_ll(Bytes(secret_key), secret_key.size(), salt,
                                                   kSaltBytes, kScryptN, kScryptR, kScryptP,
                                                   key.data(), key.size()) == 0);
  return key;
}

}  // namespace

std::string SealSecret(std::string_view secret_key, std::string_view text, Random& random) {
  std::string sealed(kHeadBytes + crypto_secretbox_MACBYTES + text.size(), '\0');
  auto* out = reinterpret_cast<uint8_t*>(sealed.data());
  random.Fill({out, kHeadBytes});
  Key key = DeriveKey(secret_key, out);
  crypto_secretbox_easy(out + kHeadBytes, Bytes(text), text.size(), out + kSaltBytes, key.data());
  sodium_memzero(key.data(), key.size());
  return sealed;
}

Result<std::string> OpenSecret(std::string_view secret_key, std::string_view sealed) {
  const Status failure(Code::kCorrupt, "could not decrypt value");
  if (sealed.size() < kHeadBytes + crypto_secretbox_MACBYTES) return failure;
  const uint8_t* head = Bytes(sealed);
  Key key = DeriveKey(secret_key, head);
  std::string text(sealed.size() - kHeadBytes - crypto_secretbox_MACBYTES, '\0');
  const int opened =
      crypto_secretbox_open_easy(reinterpret_cast<uint8_t*>(text.data()), head + kHeadBytes,
                                 sealed.size() - kHeadBytes, head + kSaltBytes, key.data());
  sodium_memzero(key.data(), key.size());
  if (opened != 0) return failure;
  return text;
}

}  // namespace tarn
