#include "block/gs/encryption.h"

#include <utility>

#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::block::gs {
namespace {

constexpr size_t kKeyBytes = 32;

void AddKey(std::string_view prefix, std::string_view key, Headers* headers) {
  const std::string name(prefix);
  headers->emplace_back(name + "algorithm", "AES256");
  headers->emplace_back(name + "key", EncodeBase64(key));
  headers->emplace_back(name + "key-sha256", EncodeBase64(AsView(Sha256(key))));
}

}  // namespace

void Encryption::AddTo(QueryPairs* query, Headers* headers) const {
  if (!kms_key.empty()) query->emplace_back("kmsKeyName", kms_key);
  AddKeyTo(headers);
}

void Encryption::AddKeyTo(Headers* headers) const {
  if (has_customer_key()) AddKey("x-goog-encryption-", customer_key, headers);
}

void Encryption::AddSourceKeyTo(Headers* headers) const {
  if (has_customer_key()) AddKey("x-goog-copy-source-encryption-", customer_key, headers);
}

Result<Encryption> MakeEncryption(std::string_view kms_key, std::string_view customer_key_hex) {
  if (!kms_key.empty() && !customer_key_hex.empty()) {
    return Status(Code::kInvalidValue,
                  "setting both kms and customer supplied encryption will result failure when "
                  "reading/writing object");
  }
  std::string key = FromHex(customer_key_hex).value_or("");
  if (!customer_key_hex.empty() && key.size() != kKeyBytes) {
    return Status(Code::kInvalidValue,
                  "value of customer-supplied server side encryption is not a valid 32 bytes AES "
                  "key");
  }
  return Encryption{std::string(kms_key), std::move(key)};
}

}  // namespace tarn::block::gs
