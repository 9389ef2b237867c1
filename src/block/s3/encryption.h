// How the store shall encrypt what it is given. Level 3.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tarn::block::s3 {

struct Encryption {
  std::string method;      ///< "AES256", "aws:kms"; empty: as the bucket says.
  std::string kms_key_id;  ///< Empty: the store's own.

  /// Of requests that make an object.
  void AddTo(std::vector<std::pair<std::string, std::string>>* headers) const {
    if (!method.empty()) headers->emplace_back("x-amz-server-side-encryption", method);
    if (!kms_key_id.empty()) {
      headers->emplace_back("x-amz-server-side-encryption-aws-kms-key-id", kms_key_id);
    }
  }
};

}  // namespace tarn::block::s3
