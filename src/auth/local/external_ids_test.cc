// Users by external id, and who is admitted as one.
#include <gtest/gtest.h>

#include "auth/external_user.h"
#include "auth/local/local_directory.h"
#include "kv/testing/forwarding_store.h"
#include "kv/testing/test_store.h"

namespace tarn::auth {
namespace {

class TickingClock : public Clock {
 public:
  Timestamp Now() override { return {++seconds_, 0}; }
  int64_t MonotonicMs() override { return seconds_ * 1000; }

 private:
  int64_t seconds_ = 1'700'000'000;
};

// Calls back before a write, once; or fails from then on.
class WatchedStore : public kv::ForwardingStore {
 public:
  explicit WatchedStore(std::unique_ptr<kv::Store> inner)
      : ForwardingStore(*inner), inner_(std::move(inner)) {}
  std::function<void()> before_write;
  bool is_dead = false;
  std::string dead_after;  ///< The key whose write is the last one.

 protected:
  Status Before(Call call, std::string_view, std::string_view key) override {
    if (call == Call::kGet || call == Call::kScan) return {};
    if (is_dead) return {Code::kIo, "dead"};
    is_dead = !dead_after.empty() && key == dead_after;
    if (const auto once = std::exchange(before_write, nullptr)) once();
    return {};
  }

 private:
  const std::unique_ptr<kv::Store> inner_;
};

class ExternalIdsTest : public ::testing::Test {
 protected:
  Status Make(const std::string& name, const std::string& id) {
    return directory_.CreateUser({name, clock_.Now(), "", "", "oidc", id});
  }
  /// Whom an id names; "" for nobody.
  std::string NameOf(const std::string& id) {
    const auto user = directory_.FindUserByExternalId(id);
    if (!user.ok()) return user.status().ToString();
    return *user ? (*user)->username : "";
  }
  Result<User> Admit(const ExternalUser& external) {
    return AdmitUser(directory_, clock_, external);
  }
  std::vector<std::string> GroupsOf(const std::string& name) {
    std::vector<std::string> names;
    const auto page = directory_.ListGroupsOf(name, Everything());
    for (const Group& group : page->items) names.push_back(group.name);
    return names;
  }
  static ExternalUser Jane() {
    return {.id = "sub-1", .username = "jane", .friendly_name = "Jane Doe", .source = "oidc"};
  }

  TickingClock clock_;
  WatchedStore kv_{kv::OpenForTest()};
  std::unique_ptr<Random> random_ = SeededRandom(4);
  LocalDirectory directory_{kv_, *random_, Mode::kInternal};
};

TEST_F(ExternalIdsTest, AnIdIsOneUsers) {
  ASSERT_TRUE(Make("jane", "sub-1").ok());
  EXPECT_EQ(NameOf("sub-1"), "jane");
  EXPECT_EQ(NameOf(""), "");
  EXPECT_EQ(NameOf("sub-2"), "");
  EXPECT_EQ(NameOf(std::string(5000, 'x')), "");
  EXPECT_EQ(Make("other", "sub-1").code(), Code::kAlreadyExists);
  EXPECT_FALSE(directory_.FindUser("other").value()) << "who gets no id is not made";
  EXPECT_EQ(Make("long", std::string(901, 'x')).code(), Code::kInvalidRequest);
  EXPECT_FALSE(directory_.FindUser("long").value());
  ASSERT_TRUE(Make("a", "").ok());
  ASSERT_TRUE(Make("b", "").ok()) << "no id is nobody's";
}

TEST_F(ExternalIdsTest, OfTwoAtTheSameTimeOneIsTold) {
  kv_.before_write = [&] { EXPECT_TRUE(Make("faster", "sub-1").ok()); };
  EXPECT_EQ(Make("slower", "sub-1").code(), Code::kAlreadyExists);
  EXPECT_EQ(NameOf("sub-1"), "faster");
  EXPECT_FALSE(directory_.FindUser("slower").value());
}

TEST_F(ExternalIdsTest, ALaterUserOfTheNameIsNotMeant) {
  ASSERT_TRUE(Make("jane", "sub-1").ok());
  // The server dies when the user is gone, before the index is.
  kv_.dead_after = "users/jane";
  EXPECT_TRUE(directory_.DeleteUser("jane").ok());
  kv_.is_dead = false;
  kv_.dead_after.clear();
  EXPECT_EQ(NameOf("sub-1"), "");
  ASSERT_TRUE(Make("jane", "").ok());
  EXPECT_EQ(NameOf("sub-1"), "");
  ASSERT_TRUE(Make("june", "sub-1").ok()) << "the id is free again";
  EXPECT_EQ(NameOf("sub-1"), "june");
  ASSERT_TRUE(directory_.DeleteUser("june").ok());
  EXPECT_FALSE(kv_.Get(kAuthPartition, "tarn-external-ids/sub-1").value());
}

TEST_F(ExternalIdsTest, ACreationThatWasCutShortIsCompleted) {
  kv_.dead_after = "users/jane";
  EXPECT_FALSE(Make("jane", "sub-1").ok());
  kv_.is_dead = false;
  kv_.dead_after.clear();
  ASSERT_TRUE(directory_.FindUser("jane").value());
  EXPECT_EQ(NameOf("sub-1"), "");
  ExternalUser jane = Jane();
  const auto admitted = Admit(jane);
  ASSERT_TRUE(admitted.ok()) << admitted.status().ToString();
  EXPECT_EQ(admitted->username, "jane");
  EXPECT_EQ(NameOf("sub-1"), "jane");
}

TEST_F(ExternalIdsTest, PrepareFindsThoseOfTheReference) {
  const auto keep = [&](const std::string& name, const std::string& id) {
    const User user{name, clock_.Now(), "", "", "oidc", id};
    ASSERT_TRUE(kv_.Set(kAuthPartition, "users/" + name, EncodeUser(user)).ok());
  };
  keep("a", "sub-a");
  keep("b", "twice");
  keep("c", "twice");
  keep("d", std::string(2000, 'x'));
  EXPECT_EQ(NameOf("sub-a"), "");
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(directory_.Prepare().ok());
    EXPECT_EQ(NameOf("sub-a"), "a");
    EXPECT_EQ(NameOf("twice"), "b");
  }
}

TEST_F(ExternalIdsTest, WhoComesFirstIsMadeWithGroups) {
  ASSERT_TRUE(directory_.CreateGroup({"g", clock_.Now(), ""}).ok());
  ExternalUser jane = Jane();
  jane.groups = {"missing", "g"};
  const auto first = Admit(jane);
  ASSERT_TRUE(first.ok());
  EXPECT_FALSE(first->has_email);
  EXPECT_FALSE(first->has_friendly_name) << "the name is not kept";
  EXPECT_EQ(first->source, "oidc");
  EXPECT_EQ(GroupsOf("jane"), std::vector<std::string>{"g"});
  ASSERT_TRUE(directory_.RemoveMember("g", "jane").ok());
  const auto second = Admit(jane);
  ASSERT_TRUE(second.ok());
  EXPECT_TRUE(second->has_email);
  EXPECT_EQ(second->friendly_name, "Jane Doe");
  EXPECT_EQ(GroupsOf("jane"), std::vector<std::string>()) << "groups are for the first time";
  EXPECT_EQ(directory_.FindUser("jane").value()->friendly_name, "");
}

TEST_F(ExternalIdsTest, ANameIsKeptWhereItIsToBe) {
  ExternalUser jane = Jane();
  jane.keep_friendly_name = true;
  EXPECT_EQ(Admit(jane)->friendly_name, "Jane Doe");
  EXPECT_EQ(directory_.FindUser("jane").value()->friendly_name, "Jane Doe");
  jane.friendly_name = "Jane Roe";
  EXPECT_EQ(Admit(jane)->friendly_name, "Jane Roe");
  EXPECT_EQ(directory_.FindUser("jane").value()->friendly_name, "Jane Roe");
  EXPECT_EQ(NameOf("sub-1"), "jane");
  // That it cannot be kept keeps nobody out.
  kv_.is_dead = true;
  jane.friendly_name = "Jane Poe";
  EXPECT_EQ(Admit(jane)->friendly_name, "Jane Poe");
}

TEST_F(ExternalIdsTest, NobodyTakesOverANameOrAnEmptyId) {
  ASSERT_TRUE(Make("admin", "").ok());
  ExternalUser claimed = Jane();
  claimed.username = "admin";
  EXPECT_EQ(Admit(claimed).code(), Code::kUnauthenticated);
  EXPECT_EQ(NameOf("sub-1"), "");
  ExternalUser nobody = Jane();
  nobody.id.clear();
  EXPECT_EQ(Admit(nobody).code(), Code::kUnauthenticated);
  EXPECT_FALSE(directory_.FindUser("jane").value());
  ExternalUser slash = Jane();
  slash.username = "a/b";
  EXPECT_EQ(Admit(slash).code(), Code::kInvalidRequest);
}

TEST_F(ExternalIdsTest, AnOutageIsNoRefusal) {
  kv_.is_dead = true;
  EXPECT_EQ(Admit(Jane()).code(), Code::kIo);
  EXPECT_EQ(AdmitNamedUser(directory_, clock_, Jane()).code(), Code::kIo);
}

TEST_F(ExternalIdsTest, WhoIsKnownByNameIsWhoeverHasIt) {
  ExternalUser rita{.username = "rita",
                    .friendly_name = "rita",
                    .keep_friendly_name = true,
                    .source = "remote_authenticator",
                    .groups = {"g"}};
  EXPECT_EQ(AdmitNamedUser(directory_, clock_, rita).code(), Code::kNotFound) << "no group";
  EXPECT_TRUE(AdmitNamedUser(directory_, clock_, rita).ok()) << "who is there needs none";
  EXPECT_EQ(directory_.FindUser("rita").value()->friendly_name, "rita");
  ASSERT_TRUE(directory_.CreateGroup({"g", clock_.Now(), ""}).ok());
  rita.username = "rosa";
  EXPECT_TRUE(AdmitNamedUser(directory_, clock_, rita).ok());
  EXPECT_EQ(GroupsOf("rosa"), std::vector<std::string>{"g"});
  rita.username = "";
  EXPECT_EQ(AdmitNamedUser(directory_, clock_, rita).code(), Code::kUnauthenticated);
}

}  // namespace
}  // namespace tarn::auth
