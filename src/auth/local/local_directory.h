// Any number of users, groups and policies, in the records that the reference's own servers keep
// (docs/formats/kv.md), and in some of Tarn: keys by id, users by external id, external principals.
//
// What ties two of them together names both with the times at which they were made, so that a
// membership, a key or a principal of somebody who was deleted is none of who comes later under
// the name: deleting the record of a user, group or policy is enough, and what is tied to it is
// only cleared away afterwards. Ties of the reference name nothing; Prepare completes them. Level
// 7; thread-safe, safe on any number of servers.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "auth/directory.h"
#include "auth/mode.h"
#include "auth/records.h"
#include "base/clock.h"
#include "base/random.h"
#include "kv/store.h"

namespace tarn::auth {

class LocalDirectory : public Directory {
 public:
  /// The mode says what a set-up makes; all outlive it.
  LocalDirectory(kv::Store& kv, Random& random, Mode mode)
      : kv_(kv), random_(random), mode_(mode) {}

  // users.cc
  Result<std::optional<User>> FindUser(std::string_view username) override;
  Result<Page<User>> ListUsers(const PageRequest& request) override;
  Result<std::optional<User>> FindUserByExternalId(std::string_view id) override;
  Status CreateUser(const User& user) override;
  Status DeleteUser(std::string_view username) override;
  Status SetFriendlyName(std::string_view username, std::string_view name) override;
  Status SetPassword(std::string_view username, std::string_view encrypted) override;
  Status CreateAdministrator(const User& user, const SealedKey& key, Claim claim) override;

  // keys.cc
  Result<std::optional<SealedKey>> FindKey(std::string_view access_key_id) override;
  Result<Page<SealedKey>> ListKeys(std::string_view username, const PageRequest& request) override;
  Status CreateKey(const SealedKey& key) override;
  Status DeleteKey(std::string_view username, std::string_view access_key_id) override;
  /// Completes what the reference has kept: notes what memberships, attachments and keys tie, and
  /// makes the indexes of keys and external ids. Those of users who are gone stay worthless.
  Status Prepare() override;

  // groups.cc
  Result<Page<Group>> ListGroups(const PageRequest& request) override;
  Result<Group> GetGroup(std::string_view name) override;
  Status CreateGroup(const Group& group) override;
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

  // attachments.cc
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
  static constexpr std::string_view kPartition = kAuthPartition;

  /// Sets a text of the record of a user. kUserNotFound.
  Status SetText(std::string_view username, std::string User::*member, std::string_view text);
  /// kConflict if nobody of the administrators could sign in without this user, or without a key
  /// of the user's. Two servers that take away one each at the same moment are not noticed.
  Status CheckNotLast(std::string_view username, std::string_view access_key_id = {});
  /// The user of that name; kMissing.
  Result<User> NeedUser(std::string_view username);
  /// When the holder was made; kMissing.
  Result<Timestamp> CreationOf(Holder kind, std::string_view holder);
  /// A link that still ties what it names; nothing for any other.
  Result<std::optional<Link>> FindLink(const std::string& key, Timestamp owner_created);
  Result<bool> IsMember(const Group& group, const User& user);
  /// The user to whom the index of external ids leads.
  Result<std::optional<User>> FindIndexed(std::string_view external_id, std::string_view index);
  /// Makes an external id a user's who is there; kAlreadyExists for one of another user.
  Status ClaimExternalId(const User& user);
  /// The key of a user, by the name of its record.
  Result<std::optional<SealedKey>> FindKeyAt(std::string_view record_key);
  /// Makes the id of a key that was written its user's; kAlreadyExists for one of another user.
  Status ClaimKeyId(const std::string& record_key, const SealedKey& key);
  /// Removes keys, memberships and attachments of a user who is gone.
  Status DropTiesOf(const User& deleted);
  /// Removes the links below a prefix whose owner is gone.
  Status DropLinks(std::string_view prefix, Timestamp owner_created);
  /// Takes a policy that is gone off all holders of a kind.
  template <class T>
  Status DetachFromAll(const records::Kind<T>& holders, Holder kind, const StoredPolicy& policy);
  /// kConflict if the administrators could do nothing about users any more without one of their
  /// policies, or with `next` in its place.
  Status CheckAdministration(std::string_view policy, const StoredPolicy* next);
  Result<Page<Group>> GroupsOf(const User& user, const PageRequest& request);
  /// Of a holder that was made then; of none the list is empty.
  Result<Page<StoredPolicy>> AttachedTo(Holder kind, std::string_view holder, Timestamp created,
                                        const PageRequest& request);
  // keys.cc: what Prepare notes.
  Status NoteKeyOwner(std::string_view key, std::string_view bytes);
  Result<bool> NoteTarget(Link* link);
  template <class T>
  Status NoteMembers(const records::Kind<T>& owners, Holder kind);

  kv::Store& kv_;
  Random& random_;
  const Mode mode_;
};

}  // namespace tarn::auth
