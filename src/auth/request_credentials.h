// What a request carries to say who asks, taken out of its headers. Level 7; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace tarn::auth {

/// The token of "Bearer TOKEN": exactly two words, whatever white space is around them. Borrowed.
std::optional<std::string_view> BearerToken(std::string_view header);
/// Name and password of "Basic BASE64".
std::optional<std::pair<std::string, std::string>> BasicKey(std::string_view header);
/// The value of the first cookie of that name, without quotes. Borrowed.
std::optional<std::string_view> FindCookie(std::string_view header, std::string_view name);

}  // namespace tarn::auth
