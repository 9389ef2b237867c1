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
  std::string_view next;
  if (page.next_after)
    next = *page.next_after;
  else if (page.has_more && !page.items.empty())
    next = key_of(page.items.back());
  const auto count = static_cast<int64_t>(page.items.size());
  WritePage(&json.writer,
            PageInfo{.has_more = page.has_more,
                     .next_offset = next,
                     .results = static_cast<size_t>(page.told_count.value_or(count)),
                     .max_per_page = 0},
            page.items, write);
  return std::move(json).Answer(200);
}

inline http::Response AnswerUsers(const auth::Page<auth::User>& page) {
  return AnswerPage(
      page, [](const auth::User& user) -> std::string_view { return user.username; }, &WriteUser);
}

}  // namespace tarn::rest
