#include "auth/keys.h"

#include <array>

#include "codec/base64.h"

namespace tarn::auth {

std::string NewAccessKeyId(Random& random) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::array<uint8_t, 14> bytes;
  random.Fill(bytes);
  std::string id = "AKIAJ";
  for (const uint8_t byte : bytes) id += kAlphabet[byte % kAlphabet.size()];
  return id + "Q";
}

std::string NewSecretAccessKey(Random& random) {
  std::array<uint8_t, 30> bytes;
  random.Fill(bytes);
  return EncodeBase64({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace tarn::auth
