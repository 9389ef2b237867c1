// Users, groups, policies and keys that another server keeps, asked over the authorization
// contract of the reference.
//
// What it says of a user, a key or a user's policies is remembered for a while; what it does not
// know, and that it failed, is not. What is changed here is asked for anew. Level 7; thread-safe.
//
// Failures: what the server refuses is what it says it is (kInvalidRequest, kAlreadyExists,
// kNotFound); that it cannot be asked is kSlowDown, and that its answer makes no sense kIo. Of who
// signs in, and of what somebody may do, no refusal is believed but "there is none".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/directory.h"
#include "auth/remote/authorization_client.h"
#include "auth/remote/remote_options.h"
#include "auth/remote/timed_cache.h"
#include "base/clock.h"
#include "base/random.h"

namespace tarn::auth {

/// The token by which the server knows an installation, signed with its secret key.
std::string NewServiceToken(std::string_view secret_key, Clock& clock, Random& random);

/// The secret that the key of a directory like this holds; kInternal for a sealed one.
Result<Credentials> OpenedKey(const SealedKey& key);

class RemoteDirectory : public Directory {
 public:
  /// `token` is RemoteOptions::token or a new one. Clock and randomness outlive it.
  RemoteDirectory(RemoteOptions options, std::string_view token, Clock& clock, Random& random);
  bool is_remote() const override { return true; }

  // start.cc
  /// Waits until the server is ready, for RemoteOptions::health_check_timeout_ms at most. kIo.
  Status Prepare() override;

  // users.cc
  Result<std::optional<User>> FindUser(std::string_view username) override;
  /// The user whom a sign-on service knows under that id; never one of an empty id.
  Result<std::optional<User>> FindUserByExternalId(std::string_view id) override;
  Result<Page<User>> ListUsers(const PageRequest& request) override;
  Status CreateUser(const User& user) override;
  Result<User> InviteUser(const User& user) override;
  /// Shown instead of the user's name. kUserNotFound.
  Status SetFriendlyName(std::string_view username, std::string_view name) override;
  Status DeleteUser(std::string_view username) override;

  // keys.cc
  Result<std::optional<SealedKey>> FindKey(std::string_view access_key_id) override;
  Result<Page<SealedKey>> ListKeys(std::string_view username, const PageRequest& request) override;
  /// kInternal for a sealed key.
  Status CreateKey(const SealedKey& key) override;
  /// A key that the server makes; with `given` it is that one.
  Result<Credentials> IssueKey(std::string_view username, const std::optional<Credentials>& given);
  Result<SealedKey> GetKey(std::string_view username, std::string_view access_key_id) override;
  Status DeleteKey(std::string_view username, std::string_view access_key_id) override;

  // administrators.cc
  /// kInternal for a sealed key.
  Status CreateAdministrator(const User& user, const SealedKey& key, Claim claim) override;
  /// Makes a member of the administrators' group, which must be there, with a key that the server
  /// makes or that is given. After a failure there is no such user.
  Result<Credentials> AddAdministrator(const User& user, const std::optional<Credentials>& given);

  // groups.cc
  Result<Page<Group>> ListGroups(const PageRequest& request) override;
  Result<Group> GetGroup(std::string_view name) override;
  Status CreateGroup(const Group& group) override;
  Result<Group> AddGroup(const Group& group) override;
  Status DeleteGroup(std::string_view name) override;
  Result<Page<User>> ListMembers(std::string_view group, const PageRequest& request) override;
  Status AddMember(std::string_view group, std::string_view username) override;
  Status RemoveMember(std::string_view group, std::string_view username) override;
  Result<Page<Group>> ListGroupsOf(std::string_view username, const PageRequest& request) override;

  // policies.cc
  Result<Page<StoredPolicy>> ListPolicies(const PageRequest& request) override;
  Result<StoredPolicy> GetPolicy(std::string_view name) override;
  Status CreatePolicy(const StoredPolicy& policy) override;
  Status ReplacePolicy(const StoredPolicy& policy) override;
  Status DeletePolicy(std::string_view name) override;
  Status AttachPolicy(Holder kind, std::string_view holder, std::string_view policy) override;
  Status DetachPolicy(Holder kind, std::string_view holder, std::string_view policy) override;
  Result<Page<StoredPolicy>> ListAttached(Holder kind, std::string_view holder,
                                          const PageRequest& request) override;
  Result<Page<StoredPolicy>> ListEffective(std::string_view username,
                                           const PageRequest& request) override;
  Result<std::vector<StoredPolicy>> PoliciesOf(const User& user) override;

  // principals.cc
  Result<Page<ExternalPrincipal>> ListPrincipals(std::string_view username,
                                                 const PageRequest& request) override;
  Result<ExternalPrincipal> GetPrincipal(std::string_view id) override;
  Status AddPrincipal(const ExternalPrincipal& principal) override;
  Status RemovePrincipal(const ExternalPrincipal& principal) override;

 private:
  /// Makes a call that changes something, and forgets what is remembered.
  Status Change(const RemoteCall& call);
  /// After a change, or one that may have been made.
  void Forget();
  /// The one user of a query by something else than the name.
  Result<std::optional<User>> FindOne(std::string_view name, std::string_view value);
  Status Health();
  Result<Credentials> MakeAdministrator(const std::string& username,
                                        const std::optional<Credentials>& given);

  const RemoteOptions options_;
  AuthorizationClient client_;
  TimedCache<User> users_;                          // By name.
  TimedCache<User> external_users_;                 // By external id.
  TimedCache<SealedKey> keys_;                      // By id.
  TimedCache<std::vector<StoredPolicy>> policies_;  // By user name.
};

}  // namespace tarn::auth
