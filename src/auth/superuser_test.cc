// Administrators of earlier programs, and of the command line.
#include <gtest/gtest.h>

#include "auth/records.h"
#include "auth/service.h"
#include "codec/base64.h"
#include "codec/secretbox.h"
#include "kv/testing/test_store.h"

namespace tarn::auth {
namespace {

constexpr const char* kServerSecret = "server secret";
const std::string kId = "AKIAIOSFODNN7EXAMPLE";
const std::string kKeySecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

class MsClock : public Clock {
 public:
  Timestamp Now() override { return {1'700'000'000 + ms / 1000, 0}; }
  int64_t MonotonicMs() override { return ms; }
  int64_t ms = 0;
};

class SuperuserTest : public testing::Test {
 protected:
  void AddNamedUser(const std::string& name) {
    const User user{name, {1'600'000'000, 0}, "Friendly", "", "internal", ""};
    ASSERT_TRUE(kv_->Set("auth", "users/" + name, EncodeUser(user)).ok());
  }
  void AddNamedKey(const std::string& name, const std::string& id) {
    const SealedKey record{
        id, SealSecret(kServerSecret, kKeySecret, *random_), {1'600'000'001, 0}, name};
    ASSERT_TRUE(
        kv_->Set("auth", "uCredentials/" + name + "/credentials/" + id, EncodeKey(record)).ok());
  }
  void MarkInitialized() {
    ASSERT_TRUE(
        kv_->Set("auth", "installation_metadata/setup_timestamp", "2024-01-01T00:00:00Z").ok());
  }
  std::string OwnerOf(const std::string& id) {
    const auto owner = service_.FindKey(id);
    if (!owner.ok()) return std::string(owner.status().message());
    return *owner ? (*owner)->user.username + "/" + (*owner)->secret_access_key : "nobody";
  }

  std::unique_ptr<kv::Store> kv_ = kv::OpenForTest();
  std::unique_ptr<Random> random_ = SeededRandom(7);
  Service service_{*kv_, SystemClock(), *random_, {.secret_key = kServerSecret}};
};

TEST_F(SuperuserTest, TheOnlyUserIsAdopted) {
  AddNamedUser("jane");
  AddNamedKey("jane", kId);
  EXPECT_TRUE(service_.AdoptUsers().ok());
  EXPECT_EQ(OwnerOf(kId), "nobody") << "an installation that was never set up has no one to adopt";
  MarkInitialized();
  EXPECT_TRUE(service_.AdoptUsers().ok());
  EXPECT_EQ(OwnerOf(kId), "jane/" + kKeySecret);
  const auto user = service_.directory().FindUser("jane");
  ASSERT_TRUE(user.ok() && *user);
  EXPECT_EQ((*user)->created.seconds, 1'600'000'000);
  EXPECT_EQ((*user)->friendly_name, "Friendly");
  EXPECT_TRUE(service_.AdoptUsers().ok()) << "once is enough";
}

TEST_F(SuperuserTest, NobodyIsAdoptedWhereItIsNotClearWho) {
  MarkInitialized();
  const auto refusal = [&] {
    const Status status = service_.AdoptUsers();
    EXPECT_EQ(status.code(), Code::kPreconditionFailed);
    return std::string(status.message());
  };
  EXPECT_TRUE(service_.AdoptUsers().ok()) << "the administrator may have been deleted";
  EXPECT_EQ(service_.CheckAdministrator().status().message(),
            "no users configured: auth migration not possible; run 'tarn superuser --help'");
  AddNamedUser("jane");
  EXPECT_TRUE(refusal().starts_with("no credentials found for user (jane): "));
  AddNamedKey("jane", kId);
  AddNamedKey("jane", "AKIASECOND");
  EXPECT_TRUE(refusal().starts_with("too many credentials for user (jane): "));
  AddNamedUser("john");
  EXPECT_TRUE(refusal().starts_with("too many users: "));
  EXPECT_EQ(*kv_->Get("basicAuth", "users/superAdmin"), std::nullopt);
}

TEST_F(SuperuserTest, IsChecked) {
  EXPECT_EQ(*service_.CheckAdministrator(), "") << "before set-up there is nothing to check";
  AddNamedUser("jane");
  AddNamedKey("jane", kId);
  MarkInitialized();
  EXPECT_EQ(*service_.CheckAdministrator(), "jane") << "who would be taken over";
  EXPECT_EQ(OwnerOf(kId), "nobody") << "nothing has changed";
  EXPECT_TRUE(service_.AdoptUsers().ok());
  EXPECT_EQ(*service_.CheckAdministrator(), "jane");
  Service other(*kv_, SystemClock(), *random_, {.secret_key = "another secret"});
  EXPECT_EQ(other.CheckAdministrator().status().message(),
            "the key " + kId + ": could not decrypt value");
  ASSERT_TRUE(kv_->Drop("basicAuth", "uCredentials/").ok());
  EXPECT_EQ(service_.CheckAdministrator().status().message(), "the administrator jane has no key");
}

TEST_F(SuperuserTest, IsCreatedOnce) {
  const auto made = service_.CreateSuperuser("root", "", "");
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(OwnerOf(made->access_key_id), "root/" + made->secret_access_key);
  EXPECT_EQ(service_.CreateSuperuser("root", "", "").status().message(), "already exists");
}

TEST_F(SuperuserTest, OtherServersHearOfANewSecret) {
  ASSERT_TRUE(service_.CreateSuperuser("root", kId, kKeySecret).ok());
  MsClock clock;
  Service other(*kv_, clock, *random_, {.secret_key = kServerSecret, .cache_ms = 1000});
  const auto secret = [&] {
    const auto owner = other.FindKey(kId);
    return owner.ok() && *owner ? (*owner)->secret_access_key : "none";
  };
  EXPECT_EQ(secret(), kKeySecret);
  clock.ms += 1001;
  EXPECT_EQ(secret(), kKeySecret) << "the same record";
  ASSERT_TRUE(service_.directory().DeleteUser("root").ok());
  EXPECT_EQ(secret(), kKeySecret) << "not looked at again yet";
  clock.ms += 1001;
  EXPECT_EQ(secret(), "none");
  ASSERT_TRUE(service_.CreateSuperuser("root", kId, "another secret").ok());
  clock.ms += 1001;
  EXPECT_EQ(secret(), "another secret");
}

/// What was found by a remembered key is remembered no longer than that key.
TEST_F(SuperuserTest, OtherServersLetARemovedKeyInForTheTimeOfTheCache) {
  ASSERT_TRUE(service_.CreateSuperuser("root", kId, kKeySecret).ok());
  MsClock clock;
  Service other(*kv_, clock, *random_, {.secret_key = kServerSecret, .cache_ms = 1000});
  const std::string header = "Basic " + EncodeBase64(kId + ":" + kKeySecret);
  ASSERT_TRUE(*other.FindKey(kId));
  ASSERT_TRUE(kv_->Drop("basicAuth", "uCredentials/").ok());
  clock.ms = 999;
  EXPECT_TRUE(other.Authenticate(header, "").ok());
  clock.ms = 1000;
  EXPECT_EQ(other.Authenticate(header, "").code(), Code::kUnauthenticated);
  EXPECT_FALSE(*other.FindKey(kId));
}

TEST_F(SuperuserTest, TakesTheGivenKey) {
  EXPECT_EQ(service_.CreateSuperuser("", kId, kKeySecret).code(), Code::kInvalidRequest);
  EXPECT_EQ(service_.CreateSuperuser("a/b", kId, kKeySecret).code(), Code::kInvalidRequest);
  EXPECT_EQ(service_.CreateSuperuser("root", "", kKeySecret).code(), Code::kInvalidRequest);
  ASSERT_TRUE(service_.CreateSuperuser("root", kId, kKeySecret).ok());
  EXPECT_EQ(OwnerOf(kId), "root/" + kKeySecret);
}

TEST_F(SuperuserTest, TakesTheKeyOfAnEarlierProgram) {
  AddNamedUser("jane");
  AddNamedKey("jane", kId);
  EXPECT_EQ(service_.CreateSuperuser("jane", "AKIAOTHER", "").status().message(),
            "no credentials found for user (jane): not found");
  EXPECT_EQ(service_.CreateSuperuser("john", kId, "").code(), Code::kNotFound);
  const auto made = service_.CreateSuperuser("jane", kId, "");
  ASSERT_TRUE(made.ok()) << made.status().message();
  EXPECT_EQ(made->secret_access_key, kKeySecret);
  EXPECT_EQ(OwnerOf(kId), "jane/" + kKeySecret);
}

}  // namespace
}  // namespace tarn::auth
