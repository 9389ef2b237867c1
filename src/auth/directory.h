// Users, groups, policies and keys of an installation: who there is, and what may be changed about
// them. basic_directory.h has one user, local/local_directory.h has as many as there are, and
// remote/remote_directory.h asks another server. Level 7; thread-safe.
//
// Verbs wait for the store, but for FindUser, FindUserByExternalId, FindKey and PoliciesOf, which
// are kWouldBlock where they must not wait. What a mode does not have is kNotImplemented ("Not
// Implemented").
#pragma once

#include <climits>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/policy.h"
#include "auth/user.h"
#include "base/clock.h"
#include "base/result.h"
#include "records/list.h"

namespace tarn::auth {

using records::PageRequest;

/// A page of a listing, and what another server says of it, where one is asked.
template <class T>
struct Page : records::Page<T> {
  Page() = default;
  explicit Page(records::Page<T> page) : records::Page<T>(std::move(page)) {}
  std::optional<std::string> next_after;  ///< Where the list goes on, if not after the last name.
  std::optional<int64_t> told_count;      ///< How many items there are, if not those.
};

/// A page of what is kept here.
template <class T>
Result<Page<T>> OwnPage(Result<records::Page<T>> page) {
  if (!page.ok()) return std::move(page).status();
  return Page<T>(*std::move(page));
}

/// All of a list on one page.
inline PageRequest Everything() { return {.prefix = "", .after = "", .amount = INT_MAX}; }

struct Group {
  std::string name;
  Timestamp created;
  std::string description;
  bool has_description = true;  ///< Whether the directory says so at all.
  std::string id = {};          ///< If that is not the name: what another server calls it.
};

struct StoredPolicy {
  std::string name;
  Timestamp created;
  Policy policy;
  std::string acl;  ///< Permission of the group whose access control list this is, or "".
  /// When it was made first, which writing it anew does not change; nothing for one of the
  /// reference.
  std::optional<Timestamp> made = {};
};

/// Somebody whom another service knows, and who may sign in as a user.
struct ExternalPrincipal {
  std::string id;
  std::string username;
};

/// An access key as it is kept: the secret is sealed, unless another server keeps it.
struct SealedKey {
  std::string access_key_id;
  std::string sealed_secret;
  Timestamp issued;
  std::string username;
  /// When its user was made, so that it is of no use to a later one of that name; nothing if that
  /// was not noted.
  std::optional<Timestamp> user_created = {};
  /// The secret itself, where another server keeps it; never stored.
  std::optional<std::string> open_secret = {};
  friend bool operator==(const SealedKey&, const SealedKey&) = default;
};

/// Not for a later user of the name of the one who got it.
bool IsKeyOf(const SealedKey& key, const User& user);

class Directory {
 public:
  virtual ~Directory() = default;

  /// Called after each change, on the thread that made it.
  void OnChange(std::function<void()> changed) { changed_ = std::move(changed); }
  /// Whether another server is asked, which keeps secrets, and judges what it is told, itself.
  virtual bool is_remote() const { return false; }

  // Who signs in.
  /// Nothing if there is none.
  virtual Result<std::optional<User>> FindUser(std::string_view username) = 0;
  /// The user whom an external service knows by that id; nothing if there is none.
  virtual Result<std::optional<User>> FindUserByExternalId(std::string_view id);
  /// The key, whoever's it is; nothing if there is none.
  virtual Result<std::optional<SealedKey>> FindKey(std::string_view access_key_id) = 0;
  /// Those of the user and of the user's groups, by name.
  virtual Result<std::vector<StoredPolicy>> PoliciesOf(const User& user);

  // Set-up.
  enum class Claim : uint8_t {
    kNew,      ///< Nobody may have the name.
    kUnended,  ///< Whoever was made a while ago is left of a set-up that never ended: is replaced.
  };
  /// Makes a user who may do everything, with a key. kAlreadyExists.
  virtual Status CreateAdministrator(const User& user, const SealedKey& key, Claim claim) = 0;
  /// What a start needs to do once, before anybody signs in.
  virtual Status Prepare() { return {}; }

  // Users.
  virtual Result<Page<User>> ListUsers(const PageRequest& request) = 0;
  /// kAlreadyExists, also for an external id that is another user's; kInvalidRequest for a name or
  /// id that is none.
  virtual Status CreateUser(const User& user) = 0;
  /// The same for who is to be told by mail, where there is somebody who does; the user as made.
  virtual Result<User> InviteUser(const User& user);
  /// Deletes a user with all keys, memberships and policies; none of them is there for a later user
  /// of that name. kUserNotFound; kConflict for the last administrator who can sign in, here and
  /// where a key or membership is what makes one.
  virtual Status DeleteUser(std::string_view username) = 0;
  // What another service says about a user. kUserNotFound.
  virtual Status SetFriendlyName(std::string_view username, std::string_view name);
  virtual Status SetPassword(std::string_view username, std::string_view encrypted);

  // Keys of users. kNotFound ("not found") without the user.
  virtual Result<Page<SealedKey>> ListKeys(std::string_view username, const PageRequest& request);
  /// kNotFound ("not found") without the user; kAlreadyExists for an id that is in use.
  virtual Status CreateKey(const SealedKey& key) = 0;
  /// kNotFound ("credentials not found") unless it is the user's.
  virtual Result<SealedKey> GetKey(std::string_view username, std::string_view access_key_id);
  virtual Status DeleteKey(std::string_view username, std::string_view access_key_id);

  // Groups. kNotFound: "group not found", or "not found" where a group, user or policy is only a
  // part of the question.
  virtual Result<Page<Group>> ListGroups(const PageRequest& request);
  virtual Result<Group> GetGroup(std::string_view name);
  virtual Status CreateGroup(const Group& group);
  /// The same; the group as made.
  virtual Result<Group> AddGroup(const Group& group);
  virtual Status DeleteGroup(std::string_view name);
  virtual Result<Page<User>> ListMembers(std::string_view group, const PageRequest& request);
  /// kAlreadyExists for a member.
  virtual Status AddMember(std::string_view group, std::string_view username);
  /// Whether or not the user is a member.
  virtual Status RemoveMember(std::string_view group, std::string_view username);
  virtual Result<Page<Group>> ListGroupsOf(std::string_view username, const PageRequest& request);

  // Policies. kNotFound: "policy not found", else as above.
  virtual Result<Page<StoredPolicy>> ListPolicies(const PageRequest& request);
  virtual Result<StoredPolicy> GetPolicy(std::string_view name);
  /// kAlreadyExists; kInvalidRequest for what CheckPolicy refuses.
  virtual Status CreatePolicy(const StoredPolicy& policy);
  /// kNotFound; it stays as old as it was.
  virtual Status ReplacePolicy(const StoredPolicy& policy);
  virtual Status DeletePolicy(std::string_view name);

  /// What a policy holds for.
  enum class Holder : uint8_t { kUser, kGroup };
  /// kAlreadyExists where it is attached.
  virtual Status AttachPolicy(Holder kind, std::string_view holder, std::string_view policy);
  /// kNotFound where it is not attached.
  virtual Status DetachPolicy(Holder kind, std::string_view holder, std::string_view policy);
  virtual Result<Page<StoredPolicy>> ListAttached(Holder kind, std::string_view holder,
                                                  const PageRequest& request);
  /// Also those of the user's groups.
  virtual Result<Page<StoredPolicy>> ListEffective(std::string_view username,
                                                   const PageRequest& request);

  // External principals.
  virtual Result<Page<ExternalPrincipal>> ListPrincipals(std::string_view username,
                                                         const PageRequest& request);
  virtual Result<ExternalPrincipal> GetPrincipal(std::string_view id);
  /// kAlreadyExists for one that some user has.
  virtual Status AddPrincipal(const ExternalPrincipal& principal);
  virtual Status RemovePrincipal(const ExternalPrincipal& principal);

 protected:
  void Changed() const {
    if (changed_) changed_();
  }

 private:
  std::function<void()> changed_;
};

}  // namespace tarn::auth
