// URLs that users write for hooks, taken apart and put together as the reference does. Level 7;
// values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::hooks {

struct HookUrl {
  std::string scheme;                    ///< Lower case; empty if the text has none.
  std::optional<std::string> user_info;  ///< As written, still escaped.
  std::string host;                      ///< With port.
  std::string path;                      ///< Escaped.
  std::string query;                     ///< Escaped.
  std::string fragment;                  ///< As written.

  /// What is sent, and where: without user information and fragment.
  std::string ToSend() const;
  /// All of it, but a password as "***".
  std::string ToShow() const;
  /// "user:password", decoded, for Basic authentication; nothing without user information.
  std::optional<std::string> Credentials() const;
  bool IsSameServer(const HookUrl& other) const;
};

/// kInternal: `parse "<text>": invalid port ":port" after host` and so on.
Result<HookUrl> ParseHookUrl(std::string_view text);
/// Where a redirect leads to.
Result<HookUrl> FollowLocation(const HookUrl& from, std::string_view location);

}  // namespace tarn::hooks
