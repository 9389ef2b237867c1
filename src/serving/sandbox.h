// What keeps bytes of users and of other servers from acting in our name when a browser shows
// them: whatever their type, they get an origin of their own, no scripts and no forms. Level 7;
// pure.
#pragma once

#include <string_view>

#include "http/message.h"

namespace tarn::serving {

inline constexpr std::string_view kSandboxPolicy = "default-src 'none'; sandbox";

/// Adds the headers. The answer must not have others of these names.
inline void AddSandbox(http::Response* response) {
  response->Add("X-Content-Type-Options", "nosniff").Add("X-Frame-Options", "SAMEORIGIN");
  response->Add("Content-Security-Policy", kSandboxPolicy);
}

}  // namespace tarn::serving
