#include "auth/local/local_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <tuple>

#include "auth/defaults.h"
#include "auth/group_acl.h"
#include "auth/policy_check.h"
#include "kv/testing/forwarding_store.h"
#include "kv/testing/test_store.h"

namespace tarn::auth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Holder = Directory::Holder;

const PageRequest kAll = Everything();

StoredPolicy PolicyNamed(const std::string& name, Timestamp now = {1, 0}) {
  StoredPolicy policy{name, now, {}, ""};
  policy.policy.statements.push_back({"allow", {"fs:*"}, "*", {}});
  return policy;
}

/// What a page lists, by name.
template <class T>
std::vector<std::string> NamesOf(const Result<Page<T>>& page) {
  std::vector<std::string> names;
  if (!page.ok()) return {page.status().ToString()};
  for (const T& item : page->items) {
    if constexpr (std::is_same_v<T, User>)
      names.push_back(item.username);
    else if constexpr (std::is_same_v<T, SealedKey>)
      names.push_back(item.access_key_id);
    else if constexpr (std::is_same_v<T, ExternalPrincipal>)
      names.push_back(item.id);
    else
      names.push_back(item.name);
  }
  return names;
}

/// Whose a key is; "" if it opens nothing.
std::string OwnerOf(Directory& directory, const std::string& id) {
  const auto key = directory.FindKey(id);
  if (!key.ok() || !*key) return "";
  const auto user = directory.FindUser((*key)->username);
  return user.ok() && *user && IsKeyOf(**key, **user) ? (*user)->username : "";
}

// Ends after so many writes, as a server that dies.
class DyingStore : public kv::ForwardingStore {
 public:
  explicit DyingStore(std::unique_ptr<kv::Store> inner)
      : ForwardingStore(*inner), inner_(std::move(inner)) {}
  int writes_left = -1;  ///< -1: any number.

 protected:
  Status Before(Call call, std::string_view, std::string_view) override {
    const bool writes = call != Call::kGet && call != Call::kScan;
    if (!writes || writes_left < 0) return {};
    if (writes_left == 0) return {Code::kIo, "dead"};
    --writes_left;
    return {};
  }

 private:
  const std::unique_ptr<kv::Store> inner_;
};

class LocalDirectoryTest : public ::testing::Test {
 protected:
  Timestamp Now() { return {++seconds_, 0}; }
  Status MakeUser(const std::string& name) {
    return directory_.CreateUser({name, Now(), "", "", "internal", ""});
  }
  Status MakeGroup(const std::string& name) { return directory_.CreateGroup({name, Now(), ""}); }
  Status MakeKey(const std::string& user, const std::string& id) {
    return directory_.CreateKey({id, "sealed", Now(), user});
  }
  std::string OwnerOf(const std::string& id) { return auth::OwnerOf(directory_, id); }

  int64_t seconds_ = 1'700'000'000;
  DyingStore kv_{kv::OpenForTest()};
  std::unique_ptr<Random> random_ = SeededRandom(3);
  LocalDirectory directory_{kv_, *random_, Mode::kInternal};
};

TEST_F(LocalDirectoryTest, NamesAreChecked) {
  EXPECT_EQ(MakeUser("").message(), "empty name: validation error");
  EXPECT_EQ(MakeGroup("a/b").message(), "name contains delimiter /: validation error");
  EXPECT_EQ(directory_.CreatePolicy(PolicyNamed("a/b")).code(), Code::kInvalidRequest);
  StoredPolicy policy = PolicyNamed("p");
  policy.policy.statements.front().actions = {"s3:GetObject"};
  EXPECT_EQ(directory_.CreatePolicy(policy).message(),
            "validation error: s3:GetObject: invalid service name");
}

TEST_F(LocalDirectoryTest, WhatIsSaidAboutAUserIsKept) {
  User user{"jane", Now(), "Jane", "jane@example.com", "ldap", "ext"};
  user.encrypted_password = "a hash";
  ASSERT_TRUE(directory_.CreateUser(user).ok());
  ASSERT_TRUE(directory_.SetFriendlyName("jane", "J.").ok());
  ASSERT_TRUE(directory_.SetPassword("jane", std::string_view("\0\xff", 2)).ok());
  const auto found = directory_.FindUser("jane");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->friendly_name, "J.");
  EXPECT_EQ((*found)->encrypted_password, std::string_view("\0\xff", 2));
  EXPECT_EQ((*found)->email, "jane@example.com");
  EXPECT_EQ((*found)->source, "ldap");
  EXPECT_EQ((*found)->external_id, "ext");
  EXPECT_EQ((*found)->created, user.created);
  EXPECT_EQ(directory_.SetFriendlyName("john", "J.").code(), Code::kUserNotFound);
  EXPECT_EQ(directory_.SetPassword("john", "x").code(), Code::kUserNotFound);
}

TEST_F(LocalDirectoryTest, NothingOfADeletedUserIsLeftToALaterOne) {
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(MakeGroup("g").ok());
  ASSERT_TRUE(directory_.CreatePolicy(PolicyNamed("p")).ok());
  ASSERT_TRUE(MakeKey("jane", "AKIAJANE").ok());
  ASSERT_TRUE(directory_.AddMember("g", "jane").ok());
  ASSERT_TRUE(directory_.AttachPolicy(Holder::kUser, "jane", "p").ok());
  ASSERT_TRUE(directory_.AddPrincipal({"arn:aws:x/y", "jane"}).ok());
  EXPECT_EQ(OwnerOf("AKIAJANE"), "jane");
  // The server dies when the user is gone, before anything else is.
  kv_.writes_left = 1;
  EXPECT_TRUE(directory_.DeleteUser("jane").ok());
  kv_.writes_left = -1;
  EXPECT_EQ(OwnerOf("AKIAJANE"), "");
  EXPECT_EQ(directory_.GetPrincipal("arn:aws:x/y").code(), Code::kNotFound);
  EXPECT_THAT(NamesOf(directory_.ListMembers("g", kAll)), IsEmpty());
  ASSERT_TRUE(MakeUser("jane").ok());
  EXPECT_EQ(OwnerOf("AKIAJANE"), "");
  EXPECT_THAT(NamesOf(directory_.ListMembers("g", kAll)), IsEmpty());
  EXPECT_THAT(NamesOf(directory_.ListGroupsOf("jane", kAll)), IsEmpty());
  EXPECT_THAT(NamesOf(directory_.ListKeys("jane", kAll)), IsEmpty());
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), IsEmpty());
  EXPECT_EQ(directory_.GetPrincipal("arn:aws:x/y").code(), Code::kNotFound);
  // What is left over is in nobody's way.
  ASSERT_TRUE(MakeUser("joe").ok());
  EXPECT_TRUE(MakeKey("joe", "AKIAJANE").ok());
  EXPECT_EQ(OwnerOf("AKIAJANE"), "joe");
  EXPECT_TRUE(directory_.AddPrincipal({"arn:aws:x/y", "joe"}).ok());
  EXPECT_TRUE(directory_.AddMember("g", "jane").ok());
  EXPECT_TRUE(directory_.AttachPolicy(Holder::kUser, "jane", "p").ok());
}

TEST_F(LocalDirectoryTest, ADeletionTakesNothingFromALaterUser) {
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(MakeKey("jane", "AKIAOLD").ok());
  kv_.writes_left = 1;
  ASSERT_TRUE(directory_.DeleteUser("jane").ok());
  kv_.writes_left = -1;
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(MakeKey("jane", "AKIANEW").ok());
  ASSERT_TRUE(directory_.DeleteUser("jane").ok());
  ASSERT_TRUE(MakeUser("jane").ok());
  EXPECT_EQ(OwnerOf("AKIAOLD") + OwnerOf("AKIANEW"), "");
  EXPECT_TRUE(MakeKey("jane", "AKIANEW").ok());
}

TEST_F(LocalDirectoryTest, OneOfManyWhoWantAKeyIdAtOnceHasIt) {
  constexpr int kUsers = 8, kRounds = 20;
  for (int i = 0; i < kUsers; ++i) ASSERT_TRUE(MakeUser("user" + std::to_string(i)).ok());
  for (int round = 0; round < kRounds; ++round) {
    const std::string id = "AKIA" + std::to_string(round);
    std::atomic<int> made = 0, winner = -1;
    std::vector<std::thread> threads;
    threads.reserve(kUsers);
    for (int i = 0; i < kUsers; ++i) {
      threads.emplace_back([&, i] {
        const std::string name = "user" + std::to_string(i);
        const Status status = directory_.CreateKey({id, "sealed" + name, {seconds_, 0}, name});
        if (status.ok()) {
          ++made;
          winner = i;
        } else {
          EXPECT_EQ(status.code(), Code::kAlreadyExists) << status.ToString();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    ASSERT_EQ(made, 1) << id;
    EXPECT_EQ(OwnerOf(id), "user" + std::to_string(winner));
    for (int i = 0; i < kUsers; ++i) {
      const auto names = NamesOf(directory_.ListKeys("user" + std::to_string(i), kAll));
      EXPECT_EQ(std::count(names.begin(), names.end(), id), i == winner ? 1 : 0) << i;
    }
  }
}

TEST_F(LocalDirectoryTest, AKeyThatWasNotMadeWholeIsInNobodysWay) {
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(MakeUser("joe").ok());
  for (const char* id : {"AKIAJOE", "AKIAJANE"}) {
    kv_.writes_left = 1;
    EXPECT_FALSE(MakeKey("jane", id).ok());
    kv_.writes_left = -1;
    EXPECT_EQ(OwnerOf(id), "");
  }
  EXPECT_TRUE(MakeKey("joe", "AKIAJOE").ok());
  EXPECT_EQ(MakeKey("jane", "AKIAJOE").code(), Code::kAlreadyExists);
  EXPECT_EQ(OwnerOf("AKIAJOE"), "joe");
  EXPECT_EQ(MakeKey("jane", "AKIAJANE").code(), Code::kAlreadyExists) << "it is made whole";
  EXPECT_EQ(OwnerOf("AKIAJANE"), "jane");
  EXPECT_TRUE(directory_.DeleteKey("jane", "AKIAJANE").ok());
  EXPECT_TRUE(MakeKey("joe", "AKIAJANE").ok());
}

TEST_F(LocalDirectoryTest, NothingOfADeletedGroupIsLeftToALaterOne) {
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(MakeGroup("g").ok());
  ASSERT_TRUE(directory_.CreatePolicy(PolicyNamed("p")).ok());
  ASSERT_TRUE(directory_.AddMember("g", "jane").ok());
  ASSERT_TRUE(directory_.AttachPolicy(Holder::kGroup, "g", "p").ok());
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), ElementsAre("p"));
  kv_.writes_left = 1;
  EXPECT_TRUE(directory_.DeleteGroup("g").ok());
  kv_.writes_left = -1;
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), IsEmpty());
  ASSERT_TRUE(MakeGroup("g").ok());
  EXPECT_THAT(NamesOf(directory_.ListMembers("g", kAll)), IsEmpty());
  EXPECT_THAT(NamesOf(directory_.ListAttached(Holder::kGroup, "g", kAll)), IsEmpty());
}

TEST_F(LocalDirectoryTest, NothingOfADeletedPolicyIsLeftToALaterOne) {
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(directory_.CreatePolicy(PolicyNamed("p", Now())).ok());
  ASSERT_TRUE(directory_.AttachPolicy(Holder::kUser, "jane", "p").ok());
  kv_.writes_left = 1;
  EXPECT_TRUE(directory_.DeletePolicy("p").ok());
  kv_.writes_left = -1;
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), IsEmpty());
  ASSERT_TRUE(directory_.CreatePolicy(PolicyNamed("p", Now())).ok());
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), IsEmpty());
  EXPECT_EQ(directory_.DetachPolicy(Holder::kUser, "jane", "p").code(), Code::kNotFound);
  ASSERT_TRUE(directory_.AttachPolicy(Holder::kUser, "jane", "p").ok());
  ASSERT_TRUE(directory_.ReplacePolicy(PolicyNamed("p", Now())).ok());
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), ElementsAre("p"));
}

TEST_F(LocalDirectoryTest, PoliciesAreOfAUserNotOfAName) {
  ASSERT_TRUE(MakeUser("jane").ok());
  const User before = **directory_.FindUser("jane");
  ASSERT_TRUE(directory_.DeleteUser("jane").ok());
  EXPECT_EQ(directory_.PoliciesOf(before).code(), Code::kUnauthenticated);
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(directory_.CreatePolicy(PolicyNamed("p")).ok());
  ASSERT_TRUE(directory_.AttachPolicy(Holder::kUser, "jane", "p").ok());
  EXPECT_EQ(directory_.PoliciesOf(before).code(), Code::kUnauthenticated);
}

TEST_F(LocalDirectoryTest, LongNamesAreRefusedAndStandInNobodysWay) {
  const std::string longest(kNameBytesMax, 'x'), longer(kNameBytesMax + 1, 'x');
  for (const auto& [name, code] :
       {std::pair{longest, Code::kOk}, {longer, Code::kInvalidRequest}}) {
    EXPECT_EQ(MakeUser(name).code(), code);
    EXPECT_EQ(MakeGroup(name).code(), code);
    EXPECT_EQ(directory_.CreatePolicy(PolicyNamed(name)).code(), code);
  }
  EXPECT_TRUE(directory_.AddMember(longest, longest).ok());
  EXPECT_TRUE(directory_.AttachPolicy(Holder::kGroup, longest, longest).ok());
  // The reference takes names whose memberships no store could keep.
  const std::string huge(kv_.traits().key_bytes_max - 10, 'g');
  ASSERT_TRUE(kv_.Set(kAuthPartition, "groups/" + huge, EncodeGroup({huge, Now(), ""})).ok());
  EXPECT_THAT(NamesOf(directory_.ListEffective(longest, kAll)), ElementsAre(longest));
  EXPECT_TRUE(directory_.DeletePolicy(longest).ok());
}

TEST_F(LocalDirectoryTest, ASetUpCanBeRepeatedWhereverItEnded) {
  const auto set_up = [&](int64_t after_s) {
    seconds_ += after_s;
    const User admin{"admin", Now(), "", "", "internal", ""};
    return directory_.CreateAdministrator(admin, {"AKIAADMIN", "sealed", Now(), "admin"},
                                          Directory::Claim::kUnended);
  };
  Status done;
  for (int writes = 0; kv_.writes_left = writes, !(done = set_up(100)).ok(); ++writes) {
    ASSERT_LT(writes, 200);
    kv_.writes_left = -1;
    EXPECT_EQ(done.code(), Code::kIo);
  }
  kv_.writes_left = -1;
  EXPECT_EQ(OwnerOf("AKIAADMIN"), "admin");
  EXPECT_THAT(NamesOf(directory_.ListEffective("admin", kAll)),
              ElementsAre("AuthFullAccess", "CatalogReadWriteAll", "FSFullAccess",
                          "RepoManagementFullAccess"));
  EXPECT_THAT(NamesOf(directory_.ListGroups(kAll)),
              ElementsAre("Admins", "Developers", "SuperUsers", "Viewers"));
  EXPECT_EQ(set_up(1).code(), Code::kAlreadyExists) << "another server may be at it";
}

TEST_F(LocalDirectoryTest, TheLastAdministratorStays) {
  const User admin{"admin", Now(), "", "", "internal", ""};
  ASSERT_TRUE(directory_
                  .CreateAdministrator(admin, {"AKIAADMIN", "sealed", Now(), "admin"},
                                       Directory::Claim::kNew)
                  .ok());
  const auto expect_kept = [&] {
    EXPECT_EQ(directory_.DeleteUser("admin").code(), Code::kConflict);
    EXPECT_EQ(directory_.DeleteKey("admin", "AKIAADMIN").code(), Code::kConflict);
    EXPECT_EQ(directory_.RemoveMember("Admins", "admin").code(), Code::kConflict);
    EXPECT_EQ(OwnerOf("AKIAADMIN"), "admin");
  };
  expect_kept();
  // One without a key is no help.
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(directory_.AddMember("Admins", "jane").ok());
  expect_kept();
  ASSERT_TRUE(MakeKey("admin", "AKIASECOND").ok());
  EXPECT_TRUE(directory_.DeleteKey("admin", "AKIASECOND").ok());
  expect_kept();
  EXPECT_TRUE(directory_.DeleteUser("jane").ok()) << "nobody needs jane";
  ASSERT_TRUE(MakeUser("joe").ok());
  ASSERT_TRUE(MakeKey("joe", "AKIAJOE").ok());
  ASSERT_TRUE(directory_.AddMember("Admins", "joe").ok());
  EXPECT_TRUE(directory_.RemoveMember("Viewers", "joe").ok());
  // Nor do the administrators lose what makes them some.
  EXPECT_EQ(directory_.DeleteGroup("Admins").code(), Code::kConflict);
  EXPECT_EQ(directory_.DeletePolicy("AuthFullAccess").code(), Code::kConflict);
  EXPECT_EQ(directory_.DetachPolicy(Holder::kGroup, "Admins", "AuthFullAccess").code(),
            Code::kConflict);
  EXPECT_EQ(directory_.ReplacePolicy(PolicyNamed("AuthFullAccess")).code(), Code::kConflict);
  EXPECT_EQ(SetGroupAcl(directory_, "Admins", "Read", Now()).code(), Code::kConflict);
  EXPECT_TRUE(SetGroupAcl(directory_, "Admins", "Admin", Now()).ok());
  EXPECT_TRUE(directory_.DeleteUser("admin").ok());
}

TEST_F(LocalDirectoryTest, WhatTheReferenceKeptWorks) {
  ASSERT_TRUE(MakeUser("jane").ok());
  ASSERT_TRUE(MakeGroup("g").ok());
  ASSERT_TRUE(directory_.CreatePolicy(PolicyNamed("p")).ok());
  // It notes names only, and keeps no index of keys.
  const auto set = [&](const std::string& key, const std::string& value) {
    ASSERT_TRUE(kv_.Set(kAuthPartition, key, value).ok());
  };
  set("gUsers/g/users/jane", EncodeLink({"users/jane"}));
  set("gPolicies/g/policies/p", EncodeLink({"policies/p"}));
  set("uPolicies/jane/policies/own", EncodeLink({"policies/own"}));
  set("policies/own", EncodePolicy(PolicyNamed("own")));
  set("uCredentials/jane/credentials/AKIAJANE", EncodeKey({"AKIAJANE", "s", Now(), "jane"}));
  // It leaves keys of those whom it deletes; this one was of another jane.
  set("uCredentials/jane/credentials/AKIAOLD", EncodeKey({"AKIAOLD", "s", {5, 0}, "jane"}));
  set("uCredentials/gone/credentials/AKIAGONE", EncodeKey({"AKIAGONE", "s", Now(), "gone"}));
  EXPECT_EQ(OwnerOf("AKIAJANE"), "");
  ASSERT_TRUE(directory_.Prepare().ok());
  EXPECT_EQ(OwnerOf("AKIAJANE"), "jane");
  EXPECT_EQ(OwnerOf("AKIAOLD"), "");
  EXPECT_THAT(NamesOf(directory_.ListKeys("jane", kAll)), ElementsAre("AKIAJANE"));
  EXPECT_THAT(NamesOf(directory_.ListEffective("jane", kAll)), ElementsAre("own", "p"));
  ASSERT_TRUE(MakeUser("gone").ok());
  ASSERT_TRUE(directory_.Prepare().ok());
  EXPECT_EQ(OwnerOf("AKIAGONE"), "");
  ASSERT_TRUE(directory_.DeleteUser("jane").ok());
  ASSERT_TRUE(MakeUser("jane").ok());
  EXPECT_THAT(NamesOf(directory_.ListGroupsOf("jane", kAll)), IsEmpty());
  EXPECT_EQ(OwnerOf("AKIAJANE"), "");
}

/// The same as maps and sets.
struct Model {
  std::set<std::string> users, groups, policies;
  std::map<std::string, std::string> keys, principals;    // Owner by id.
  std::set<std::pair<std::string, std::string>> members;  // Group, user.
  std::set<std::tuple<Holder, std::string, std::string>> attached;

  void DropHolder(Holder kind, const std::string& name) {
    std::erase_if(attached, [&](const auto& item) {
      return std::get<0>(item) == kind && std::get<1>(item) == name;
    });
    std::erase_if(members, [&](const auto& item) {
      return (kind == Holder::kUser ? item.second : item.first) == name;
    });
    if (kind == Holder::kGroup) return;
    std::erase_if(keys, [&](const auto& item) { return item.second == name; });
    std::erase_if(principals, [&](const auto& item) { return item.second == name; });
  }
  std::vector<std::string> AttachedTo(Holder kind, const std::string& name) const {
    std::vector<std::string> names;
    for (const auto& [other, holder, policy] : attached)
      if (other == kind && holder == name) names.push_back(policy);
    return names;
  }
  std::vector<std::string> Effective(const std::string& user) const {
    std::set<std::string> all;
    for (const std::string& policy : AttachedTo(Holder::kUser, user)) all.insert(policy);
    for (const auto& [group, member] : members)
      if (member == user)
        for (const std::string& policy : AttachedTo(Holder::kGroup, group)) all.insert(policy);
    return {all.begin(), all.end()};
  }
};

/// Random work on a directory and its model, with few names.
class RandomWork {
 public:
  RandomWork(LocalDirectory& directory, uint64_t seed) : directory_(directory), draw_(seed) {}

  void Step() {
    user_ = Name("u"), group_ = Name("g"), policy_ = Name("p"), id_ = Name("KEY");
    kind_ = draw_() % 2 == 0 ? Holder::kUser : Holder::kGroup;
    has_user_ = model_.users.contains(user_);
    has_group_ = model_.groups.contains(group_);
    has_policy_ = model_.policies.contains(policy_);
    using Verb = void (RandomWork::*)();
    constexpr Verb kVerbs[] = {&RandomWork::Users,   &RandomWork::Groups, &RandomWork::Policies,
                               &RandomWork::Members, &RandomWork::Attach, &RandomWork::Keys};
    (this->*kVerbs[draw_() % std::size(kVerbs)])();
    Compare();
  }

 private:
  std::string Name(const char* kind) { return kind + std::to_string(draw_() % 4); }
  bool Deletes() { return draw_() % 4 == 0; }
  Timestamp Now() { return {++seconds_, 0}; }
  static bool Expect(const Status& status, Code wanted) {
    EXPECT_EQ(status.code(), wanted) << status.ToString();
    return status.ok();
  }

  void Users() {
    if (!Deletes()) {
      const Status made = directory_.CreateUser({user_, Now(), "", "", "", ""});
      if (Expect(made, has_user_ ? Code::kAlreadyExists : Code::kOk)) model_.users.insert(user_);
    } else if (Expect(directory_.DeleteUser(user_), has_user_ ? Code::kOk : Code::kUserNotFound)) {
      model_.users.erase(user_);
      model_.DropHolder(Holder::kUser, user_);
    }
  }
  void Groups() {
    if (!Deletes()) {
      const Status made = directory_.CreateGroup({group_, Now(), ""});
      if (Expect(made, has_group_ ? Code::kAlreadyExists : Code::kOk)) model_.groups.insert(group_);
    } else if (Expect(directory_.DeleteGroup(group_), has_group_ ? Code::kOk : Code::kNotFound)) {
      model_.groups.erase(group_);
      model_.DropHolder(Holder::kGroup, group_);
    }
  }
  void Policies() {
    const StoredPolicy policy = PolicyNamed(policy_, Now());
    const Code if_there = has_policy_ ? Code::kOk : Code::kNotFound;
    if (!Deletes()) {
      const Status made = directory_.CreatePolicy(policy);
      if (Expect(made, has_policy_ ? Code::kAlreadyExists : Code::kOk))
        model_.policies.insert(policy_);
      return;
    }
    Expect(directory_.ReplacePolicy(policy), if_there);
    if (!Deletes() || !Expect(directory_.DeletePolicy(policy_), if_there)) return;
    model_.policies.erase(policy_);
    std::erase_if(model_.attached, [&](const auto& item) { return std::get<2>(item) == policy_; });
  }
  void Members() {
    const bool has_both = has_user_ && has_group_;
    if (!Deletes()) {
      const bool is_member = model_.members.contains({group_, user_});
      const Code wanted = !has_both   ? Code::kNotFound
                          : is_member ? Code::kAlreadyExists
                                      : Code::kOk;
      if (Expect(directory_.AddMember(group_, user_), wanted))
        model_.members.insert({group_, user_});
    } else {
      Expect(directory_.RemoveMember(group_, user_), has_both ? Code::kOk : Code::kNotFound);
      model_.members.erase({group_, user_});
    }
  }
  void Attach() {
    const std::string& holder = kind_ == Holder::kUser ? user_ : group_;
    const bool has_both = has_policy_ && (kind_ == Holder::kUser ? has_user_ : has_group_);
    const std::tuple attachment{kind_, holder, policy_};
    const bool is_attached = model_.attached.contains(attachment);
    if (!Deletes()) {
      const Code wanted = !has_both     ? Code::kNotFound
                          : is_attached ? Code::kAlreadyExists
                                        : Code::kOk;
      if (Expect(directory_.AttachPolicy(kind_, holder, policy_), wanted))
        model_.attached.insert(attachment);
    } else {
      Expect(directory_.DetachPolicy(kind_, holder, policy_),
             is_attached ? Code::kOk : Code::kNotFound);
      model_.attached.erase(attachment);
    }
  }
  void Keys() {
    const auto key = model_.keys.find(id_);
    if (!Deletes()) {
      const Code wanted = !has_user_                 ? Code::kNotFound
                          : key != model_.keys.end() ? Code::kAlreadyExists
                                                     : Code::kOk;
      if (Expect(directory_.CreateKey({id_, "sealed", Now(), user_}), wanted))
        model_.keys[id_] = user_;
      return;
    }
    const bool is_own = key != model_.keys.end() && key->second == user_;
    Expect(directory_.DeleteKey(user_, id_), is_own ? Code::kOk : Code::kNotFound);
    if (is_own) model_.keys.erase(key);
  }

  void Compare() {
    const auto key = model_.keys.find(id_);
    EXPECT_EQ(OwnerOf(directory_, id_), key == model_.keys.end() ? "" : key->second);
    if (!model_.users.contains(user_)) return;
    EXPECT_EQ(NamesOf(directory_.ListEffective(user_, kAll)), model_.Effective(user_));
    std::vector<std::string> groups, keys;
    for (const auto& [group, member] : model_.members)
      if (member == user_) groups.push_back(group);
    for (const auto& [id, owner] : model_.keys)
      if (owner == user_) keys.push_back(id);
    EXPECT_EQ(NamesOf(directory_.ListGroupsOf(user_, kAll)), groups);
    EXPECT_EQ(NamesOf(directory_.ListKeys(user_, kAll)), keys);
  }

  LocalDirectory& directory_;
  std::mt19937_64 draw_;
  Model model_;
  int64_t seconds_ = 1'700'000'000;
  std::string user_, group_, policy_, id_;
  Holder kind_ = Holder::kUser;
  bool has_user_ = false, has_group_ = false, has_policy_ = false;
};

TEST_F(LocalDirectoryTest, RandomWorkMatchesMaps) {
  const uint64_t seed = std::random_device()();
  std::cout << "seed " << seed << "\n";
  RandomWork work(directory_, seed);
  for (int step = 0; step < 1500 && !HasFailure(); ++step) work.Step();
}

}  // namespace
}  // namespace tarn::auth
