// The documents of the authorization contract. Level 7; pure functions.
//
// What an answer does not say, or says with null, is empty; what is of another type than the
// contract's fails with kIo, and so does a name that must be there. What the contract does not name
// is ignored.
#pragma once

#include <string>

#include "auth/directory.h"
#include "codec/json.h"

namespace tarn::auth {

/// An access key with its secret, as the server keeps it.
struct RemoteKey {
  Credentials credentials;
  std::string username;
  int64_t user_number = 0;  ///< Of earlier servers, which do not say the name.
};

Result<User> ReadUser(const Json& document);
Result<Group> ReadGroup(const Json& document);
Result<StoredPolicy> ReadPolicy(const Json& document);
/// One of a list: without secret and user.
Result<SealedKey> ReadListedKey(const Json& document);
/// One without a secret fails.
Result<RemoteKey> ReadRemoteKey(const Json& document);
Result<ExternalPrincipal> ReadPrincipal(const Json& document);

struct RemotePageInfo {
  std::string next_offset;
  std::optional<int64_t> results;
};
Result<RemotePageInfo> ReadPageInfo(const Json& document);
/// The items of a page; null if it has none.
Result<const Json::Array*> ReadResults(const Json& document);

template <class T>
Result<Page<T>> ReadPage(const Json& document, Result<T> (*read)(const Json&)) {
  TARN_TRY_ASSIGN(RemotePageInfo info, ReadPageInfo(document));
  TARN_TRY_ASSIGN(const Json::Array* const results, ReadResults(document));
  Page<T> page;
  page.has_more = !info.next_offset.empty();
  page.next_after = std::move(info.next_offset);
  page.told_count = info.results;
  if (results == nullptr) return page;
  page.items.reserve(results->size());
  for (const Json& item : *results) {
    TARN_TRY_ASSIGN(T value, read(item));
    page.items.push_back(std::move(value));
  }
  return page;
}

std::string WriteNewUser(const User& user, bool invite);
std::string WriteNewGroup(const Group& group);
std::string WritePolicyDocument(const StoredPolicy& policy);
std::string WriteFriendlyName(std::string_view name);

}  // namespace tarn::auth
