// What the handlers of users, groups and policies share. Level 8; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "auth/directory.h"
#include "rest/answers.h"
#include "rest/call.h"
#include "rest/handlers/encoders.h"

namespace tarn::rest {

/// Names go into paths, where '%' would be decoded once too often: kInvalidRequest "<kind> name
/// cannot contain '%'".
inline Status CheckNoPercent(std::string_view kind, std::string_view name) {
  if (name.find('%') == std::string_view::npos) return {};
  return {Code::kInvalidRequest, std::string(kind) + " name cannot contain '%'"};
}

/// A page of a listing of the directory.
template <class T, class KeyOf, class Write>
http::Response AnswerPage(const auth::Page<T>& page, KeyOf key_of, Write write) {
  JsonBuilder json;
  WritePage(&json.writer, page.items, page.has_more, key_of, write, /*max_per_page=*/0);
  return std::move(json).Answer(200);
}

inline http::Response AnswerUsers(const auth::Page<auth::User>& page) {
  return AnswerPage(
      page, [](const auth::User& user) -> std::string_view { return user.username; }, &WriteUser);
}

}  // namespace tarn::rest
