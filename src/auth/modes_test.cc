// Signing in and being allowed where there are many users.
#include <gtest/gtest.h>

#include <atomic>

#include "auth/authorizer.h"
#include "auth/records.h"
#include "auth/service.h"
#include "base/blocking.h"
#include "codec/base64.h"
#include "kv/testing/forwarding_store.h"
#include "kv/testing/test_store.h"

namespace tarn::auth {
namespace {

class TestClock : public Clock {
 public:
  Timestamp Now() override { return {ms / 1000, static_cast<int32_t>(ms % 1000 * 1'000'000)}; }
  int64_t MonotonicMs() override { return ms; }
  std::atomic<int64_t> ms = 1'700'000'000'000;
};

/// Does not answer while it is out.
class FailingStore : public kv::ForwardingStore {
 public:
  explicit FailingStore(std::unique_ptr<kv::Store> inner)
      : ForwardingStore(*inner), inner_(std::move(inner)) {}
  bool is_out = false;

 protected:
  Status Before(Call, std::string_view, std::string_view) override {
    return is_out ? Status(Code::kIo, "no answer") : Status();
  }

 private:
  const std::unique_ptr<kv::Store> inner_;
};

class NoFacts : public RequestFacts {
 public:
  Status AppendName(std::string_view, size_t, std::string*) override { return {}; }
  size_t CountOf(std::string_view) override { return 0; }
  std::optional<std::string> Fact(std::string_view) override { return std::nullopt; }
};

constexpr int64_t kCacheMs = 1000;

Options OptionsOf(Mode mode) {
  return {.mode = mode, .secret_key = "secret", .cache_ms = kCacheMs};
}

class ModesTest : public ::testing::Test {
 protected:
  ModesTest() {
    const auto made = here_.SetUp({.username = "admin"});
    EXPECT_TRUE(made.ok()) << made.status().ToString();
    clock_.ms += 1;
  }
  Credentials MakeUser(const std::string& name) {
    EXPECT_TRUE(here_.directory().CreateUser({name, clock_.Now(), "", "", "", ""}).ok());
    auto key = here_.CreateCredentials(name);
    EXPECT_TRUE(key.ok()) << key.status().ToString();
    return *key;
  }
  static std::string Basic(const Credentials& key) {
    return "Basic " + EncodeBase64(key.access_key_id + ":" + key.secret_access_key);
  }
  /// What comes of asking for an action on a server with a key.
  Code Ask(Service& server, const Credentials& key, Action action) {
    const auto user = server.Authenticate(Basic(key), "");
    if (!user.ok()) return user.code();
    NoFacts facts;
    return Authorizer(server.policies())
        .Decide(**user, Permission(action, "arn:lakefs:fs:::repository/r"), facts)
        .code();
  }

  TestClock clock_;
  std::unique_ptr<Random> random_ = SeededRandom(7);
  FailingStore kv_{kv::OpenForTest()};
  Service here_{kv_, clock_, *random_, OptionsOf(Mode::kInternal)};
  Service there_{kv_, clock_, *random_, OptionsOf(Mode::kInternal)};
};

TEST_F(ModesTest, RightsHoldAtOnceAndOnOtherServersSoon) {
  const Credentials jane = MakeUser("jane");
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kInsufficientPermissions);
  EXPECT_EQ(Ask(there_, jane, "fs:ReadRepository"), Code::kInsufficientPermissions);
  ASSERT_TRUE(here_.directory().AddMember("Viewers", "jane").ok());
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kOk);
  EXPECT_EQ(Ask(here_, jane, "fs:DeleteRepository"), Code::kInsufficientPermissions);
  clock_.ms += kCacheMs;
  EXPECT_EQ(Ask(there_, jane, "fs:ReadRepository"), Code::kOk);
  ASSERT_TRUE(here_.directory().RemoveMember("Viewers", "jane").ok());
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kInsufficientPermissions);
  clock_.ms += kCacheMs;
  EXPECT_EQ(Ask(there_, jane, "fs:ReadRepository"), Code::kInsufficientPermissions);
}

TEST_F(ModesTest, AKeyThatIsTakenAwaySignsNobodyIn) {
  const Credentials jane = MakeUser("jane");
  const auto login = here_.LogIn(jane.access_key_id, jane.secret_access_key);
  ASSERT_TRUE(login.ok());
  EXPECT_TRUE(*there_.FindKey(jane.access_key_id));
  ASSERT_TRUE(here_.directory().DeleteKey("jane", jane.access_key_id).ok());
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kUnauthenticated);
  EXPECT_FALSE(*here_.FindKey(jane.access_key_id));
  clock_.ms += kCacheMs;
  EXPECT_FALSE(*there_.FindKey(jane.access_key_id));
  EXPECT_TRUE(here_.Authenticate("Bearer " + login->token, "").ok()) << "the session goes on";
}

TEST_F(ModesTest, ALaterUserOfTheNameIsAnother) {
  const Credentials jane = MakeUser("jane");
  const auto login = here_.LogIn(jane.access_key_id, jane.secret_access_key);
  ASSERT_TRUE(here_.directory().DeleteUser("jane").ok());
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kUnauthenticated);
  clock_.ms += 1;
  MakeUser("jane");
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kUnauthenticated);
  EXPECT_EQ(here_.Authenticate("Bearer " + login->token, "").code(), Code::kUnauthenticated);
}

TEST_F(ModesTest, AnOutageIsNeverARefusalNorAPermission) {
  const Credentials jane = MakeUser("jane");
  ASSERT_TRUE(here_.directory().AddMember("Viewers", "jane").ok());
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kOk);
  kv_.is_out = true;
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kOk) << "it is remembered";
  clock_.ms += kCacheMs;
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kIo);
  kv_.is_out = false;
  EXPECT_EQ(Ask(here_, jane, "fs:ReadRepository"), Code::kOk);
}

TEST_F(ModesTest, PoliciesAreNotReadWhereNobodyMayWait) {
  const auto user = here_.directory().FindUser("admin");
  const NoBlockingScope must_not_wait;
  EXPECT_EQ(here_.policies()->PoliciesOf(**user).code(), Code::kWouldBlock);
}

TEST_F(ModesTest, AnInstallationKeepsItsMode) {
  EXPECT_TRUE(here_.AdoptUsers().ok());
  Service simplified(kv_, clock_, *random_, OptionsOf(Mode::kSimplified));
  const Status refused = simplified.AdoptUsers();
  EXPECT_EQ(refused.code(), Code::kPreconditionFailed);
  EXPECT_NE(refused.message().find("was set up with auth.ui_config.rbac: internal"),
            std::string::npos)
      << refused.message();
  const auto made = simplified.CreateSuperuser("root", "", "");
  ASSERT_TRUE(made.ok()) << made.status().ToString();
  EXPECT_TRUE(simplified.AdoptUsers().ok());
  EXPECT_EQ(Ask(simplified, *made, "fs:DeleteRepository"), Code::kOk);
  EXPECT_EQ(here_.CreateSuperuser("admin", "", "").code(), Code::kAlreadyExists);
}

TEST_F(ModesTest, AnotherAdministratorBringsNoDefaultsBack) {
  Directory& directory = here_.directory();
  constexpr auto kGroup = Directory::Holder::kGroup;
  ASSERT_TRUE(directory.DetachPolicy(kGroup, "Developers", "FSReadWriteAll").ok());
  ASSERT_TRUE(directory.DeletePolicy("CatalogReadAll").ok());
  ASSERT_TRUE(here_.CreateSuperuser("root", "", "").ok());
  EXPECT_EQ(directory.GetPolicy("CatalogReadAll").code(), Code::kNotFound);
  const auto attached = directory.ListAttached(kGroup, "Developers", {});
  for (const StoredPolicy& policy : attached->items) EXPECT_NE(policy.name, "FSReadWriteAll");
}

TEST_F(ModesTest, ASetUpIsDoneOnceOnAllServers) {
  const auto kv = kv::OpenForTest();
  Service one(*kv, clock_, *random_, OptionsOf(Mode::kInternal));
  Service other(*kv, clock_, *random_, OptionsOf(Mode::kInternal));
  // One that goes on, or whose server has died, under another name.
  const User unended{"jane", clock_.Now(), "", "", "internal", ""};
  ASSERT_TRUE(kv->Set(kAuthPartition, "tarn-setup", EncodeUser(unended)).ok());
  ASSERT_TRUE(one.directory()
                  .CreateAdministrator(unended, {"AKIAJANE", "sealed", clock_.Now(), "jane"},
                                       Directory::Claim::kUnended)
                  .ok());
  EXPECT_EQ(other.SetUp({.username = "joe"}).code(), Code::kAlreadyExists);
  clock_.ms += 61'000;
  EXPECT_TRUE(other.SetUp({.username = "joe"}).ok());
  EXPECT_EQ(one.SetUp({.username = "jim"}).code(), Code::kConflict);
  const auto users = one.directory().ListUsers({});
  ASSERT_EQ(users->items.size(), 1U) << "nobody is left of the one that did not end";
  EXPECT_EQ(users->items.front().username, "joe");
}

TEST_F(ModesTest, OneUserTakesNothingOverFromMany) {
  Service single(kv_, clock_, *random_, OptionsOf(Mode::kNone));
  EXPECT_EQ(single.AdoptUsers().code(), Code::kPreconditionFailed);
  EXPECT_TRUE(single.directory().ListUsers({})->items.empty());
}

TEST_F(ModesTest, TheCheckFindsWhoCanSignIn) {
  EXPECT_EQ(*here_.CheckAdministrator(), "admin");
  ASSERT_TRUE(kv_.Drop(kAuthPartition, NamedCredentialsPrefix("admin")).ok());
  EXPECT_EQ(here_.CheckAdministrator().code(), Code::kPreconditionFailed);
  ASSERT_TRUE(here_.CreateCredentials("admin").ok());
  Service other(kv_, clock_, *random_, {.mode = Mode::kInternal, .secret_key = "another"});
  EXPECT_NE(other.CheckAdministrator().status().message().find("the key AKIA"), std::string::npos);
}

}  // namespace
}  // namespace tarn::auth
