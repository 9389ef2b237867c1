// Answers of the authorization server. Level 8; pure functions.
#pragma once

#include "auth/directory.h"
#include "http/message.h"
#include "serving/json_answer.h"
#include "serving/json_page.h"

namespace tarn::authserver {

/// What the error table says about `status`.
http::Response ErrorAnswer(const Status& status);

// Each appends one value.
void WriteUser(JsonWriter* json, const auth::User& user);
void WriteGroup(JsonWriter* json, const auth::Group& group);
/// As groups are told where they are not what was asked for: without a description.
void WriteGroupName(JsonWriter* json, const auth::Group& group);
void WritePolicy(JsonWriter* json, const auth::StoredPolicy& policy);
void WritePrincipal(JsonWriter* json, const auth::ExternalPrincipal& principal);

/// One value.
template <class T>
http::Response AnswerOne(int status, const T& value, void (*write)(JsonWriter*, const T&)) {
  serving::JsonBuilder json;
  write(&json.writer, value);
  return std::move(json).Answer(status);
}

/// A page of a listing of the directory, whose items are named by a member.
template <class T>
http::Response AnswerPage(const auth::Page<T>& page, std::string T::*name,
                          void (*write)(JsonWriter*, const T&)) {
  serving::JsonBuilder json;
  serving::WritePage(
      &json.writer, page.items, page.has_more,
      [&](const T& item) -> std::string_view { return item.*name; }, write);
  return std::move(json).Answer(200);
}

inline http::Response AnswerUsers(const auth::Page<auth::User>& page) {
  return AnswerPage(page, &auth::User::username, &WriteUser);
}
inline http::Response AnswerPolicies(const auth::Page<auth::StoredPolicy>& page) {
  return AnswerPage(page, &auth::StoredPolicy::name, &WritePolicy);
}

}  // namespace tarn::authserver
