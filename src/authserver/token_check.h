// Who may ask the server: who has the token of the fleet. Level 8; immutable, so thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn::authserver {

class TokenCheck {
 public:
  /// The token that was agreed on, or "" for none; and the secret that servers sign their own with.
  TokenCheck(std::string token, std::string secret_key)
      : token_(std::move(token)), secret_key_(std::move(secret_key)) {}
  /// Whether an Authorization header is of who may ask. Equal texts are found in a time that does
  /// not tell where others differ.
  bool Accepts(std::string_view authorization, int64_t now_seconds) const;

 private:
  const std::string token_, secret_key_;
};

}  // namespace tarn::authserver
