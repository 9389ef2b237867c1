#include "auth/service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "auth/email.h"
#include "auth/keys.h"
#include "auth/records.h"
#include "base/blocking.h"
#include "codec/base64.h"
#include "codec/jwt.h"
#include "kv/testing/forwarding_store.h"
#include "kv/testing/test_store.h"
#include "records/list.h"

namespace tarn::auth {
namespace {

constexpr const char* kSecret = "server secret";

class TestClock : public Clock {
 public:
  Timestamp Now() override { return {seconds, 0}; }
  int64_t MonotonicMs() override { return seconds * 1000; }
  std::atomic<int64_t> seconds = 1'700'000'000;
};

// Passes everything on and counts reads.
class CountingStore : public kv::ForwardingStore {
 public:
  explicit CountingStore(std::unique_ptr<kv::Store> inner)
      : ForwardingStore(*inner), inner_(std::move(inner)) {}

  std::atomic<int> reads = 0;
  std::string failing_key;

 protected:
  Status Before(Call call, std::string_view, std::string_view key) override {
    if (call == Call::kGet) ++reads;
    if (call == Call::kSet && failing_key == key) return {Code::kIo, "disk gone"};
    return Status();
  }

 private:
  const std::unique_ptr<kv::Store> inner_;
};

std::string Basic(const Credentials& key) {
  return "Basic " + EncodeBase64(key.access_key_id + ":" + key.secret_access_key);
}

class ServiceTest : public testing::Test {
 protected:
  Credentials SetUpAdmin() {
    auto made = service_.SetUp({.username = "admin"});
    EXPECT_TRUE(made.ok()) << made.status().message();
    return made.ok() ? *made : Credentials();
  }
  // "admin", "nobody" when no credentials are given, or the error's text.
  std::string Who(std::string_view authorization, std::string_view cookie = "") {
    const auto user = service_.Authenticate(authorization, cookie);
    if (!user.ok()) return std::string(user.status().message());
    return *user ? (*user)->username : "nobody";
  }

  TestClock clock_;
  std::unique_ptr<Random> random_ = SeededRandom(5);
  CountingStore kv_{kv::OpenForTest()};
  Service service_{kv_, clock_, *random_, {.secret_key = kSecret}};
};

constexpr const char* kRefused = "error authenticating request";

TEST_F(ServiceTest, SetUpWorksOnce) {
  EXPECT_EQ(*service_.Initialized(), false);
  EXPECT_EQ(*service_.CommunicationPreferencesMissing(), true);
  EXPECT_EQ(service_.SetUp({}).status().message(), "empty user display name");
  EXPECT_EQ(
      service_.SetUp({.username = "a", .preferences = {.email = "no at sign"}}).status().message(),
      "invalid email address");
  EXPECT_EQ(service_.SetUp({.username = "a/b"}).code(), Code::kInvalidRequest);
  EXPECT_EQ(*service_.Initialized(), false);
  const Credentials key = SetUpAdmin();
  EXPECT_EQ(key.access_key_id.size(), 20U);
  EXPECT_EQ(key.secret_access_key.size(), 40U);
  EXPECT_EQ(*service_.Initialized(), true);
  EXPECT_EQ(*service_.CommunicationPreferencesMissing(), true) << "none were given";
  EXPECT_EQ(service_.SetUp({.username = "other"}).status().message(), "lakeFS already initialized");
  EXPECT_EQ(service_.SetUp({}).status().message(), "empty user display name");
  EXPECT_EQ(Who(Basic(key)), "admin");
  EXPECT_EQ(*kv_.Get("auth", "installation_metadata/setup_timestamp"), "2023-11-14T22:13:20Z");
  EXPECT_EQ(*kv_.Get("kv-internal-metadata", "kv/schema/version"), "4");
}

TEST_F(ServiceTest, ASuppliedKeyIsUsedAsItIs) {
  const auto made = service_.SetUp({.username = "admin", .key = Credentials{"A", "b", {}}});
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->access_key_id, "A");
  EXPECT_EQ(Who(Basic({"A", "b", {}})), "admin");
  const auto record = *kv_.Get("basicAuth", "uCredentials/superAdmin/credentials/A");
  ASSERT_TRUE(record.has_value());
  const auto stored = DecodeKey(*record);
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->username, "admin");
  EXPECT_EQ(record->find("b:"), std::string::npos);
}

TEST_F(ServiceTest, AnUnfinishedSetUpDoesNotLockOut) {
  kv_.failing_key = "installation_metadata/setup_timestamp";
  EXPECT_EQ(service_.SetUp({.username = "admin"}).code(), Code::kIo);
  kv_.failing_key.clear();
  EXPECT_EQ(service_.SetUp({.username = "admin"}).code(), Code::kAlreadyExists)
      << "another server may be setting up";
  clock_.seconds += 61;
  const Credentials key = SetUpAdmin();
  EXPECT_EQ(Who(Basic(key)), "admin");
  EXPECT_EQ(service_.CreateCredentials("admin").code(), Code::kInvalidRequest) << "one key only";
}

TEST_F(ServiceTest, ConcurrentSetUpsMakeOneAdministrator) {
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (service_.SetUp({.username = "admin" + std::to_string(i)}).ok()) ++made;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(ServiceTest, CommunicationPreferences) {
  const CommunicationPreferences good = {.email = "someone@gmail.com", .first_name = "S"};
  EXPECT_EQ(service_.SetCommunicationPreferences(good).message(), "lakeFS is not initialized");
  SetUpAdmin();
  EXPECT_EQ(service_.SetCommunicationPreferences({}).message(), "email is required");
  EXPECT_EQ(service_.SetCommunicationPreferences({.email = "x"}).message(),
            "invalid email address");
  EXPECT_TRUE(service_.SetCommunicationPreferences(good).ok());
  EXPECT_EQ(*service_.CommunicationPreferencesMissing(), false);
  EXPECT_EQ(*kv_.Get("auth", "installation_metadata/encoded_user_email"),
            EncodeBase64("someone@gmail.com"));
  EXPECT_EQ(service_.SetCommunicationPreferences(good).message(),
            "communication preferences already set");
}

TEST_F(ServiceTest, RefusesWrongCredentials) {
  const Credentials key = SetUpAdmin();
  const std::string id = key.access_key_id;
  for (const std::string& header :
       {Basic({"AKIAUNKNOWN", "secret", {}}), Basic({"", "", {}}), Basic({id, "", {}}),
        Basic({id, key.secret_access_key + "x", {}}), std::string("Bearer abc"),
        std::string("Bearer a.b.c"),
        std::string("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OX0.")}) {
    EXPECT_EQ(Who(header), kRefused) << header;
    EXPECT_EQ(service_.Authenticate(header, "").code(), Code::kUnauthenticated);
  }
  for (const char* header :
       {"", "Basic !!!", "Basic", "Basic YWJj", "Digest abc", "Bearer ", "Bearer a b"}) {
    EXPECT_EQ(Who(header), "nobody") << header << " is no credential at all";
  }
}

TEST_F(ServiceTest, TokenAndCookieOfLogIn) {
  const Credentials key = SetUpAdmin();
  EXPECT_EQ(service_.LogIn(key.access_key_id, "wrong").status().message(), kRefused);
  EXPECT_EQ(service_.LogIn("", "").status().message(), kRefused);
  const auto login = service_.LogIn(key.access_key_id, key.secret_access_key);
  ASSERT_TRUE(login.ok());
  EXPECT_EQ(login->expires_seconds, clock_.seconds + 7 * 86400);
  EXPECT_EQ(Who("Bearer " + login->token), "admin");
  EXPECT_EQ(Who("  bearer   " + login->token + " "), "admin");
  EXPECT_TRUE(login->cookie.starts_with("internal_auth_session="));
  EXPECT_TRUE(login->cookie.ends_with(
      "; Path=/; Expires=Thu, 14 Dec 2023 22:13:20 GMT; Max-Age=2592000; HttpOnly; SameSite=Lax"))
      << login->cookie;
  const std::string cookie = login->cookie.substr(0, login->cookie.find(';'));
  EXPECT_EQ(Who("", cookie), "admin");
  EXPECT_EQ(Who("", "a=b;  " + cookie + " ; c=d"), "admin");
  EXPECT_EQ(Who("", "internal_auth_session=broken"), "nobody") << "a broken session is ignored";
  EXPECT_EQ(Who("Bearer x", cookie), kRefused) << "the first scheme that is present decides";
  EXPECT_EQ(Who("Digest x", cookie), "admin");
  clock_.seconds += 7 * 86400;
  EXPECT_EQ(Who("Bearer " + login->token), kRefused) << "expired";
  EXPECT_EQ(Who("", cookie), kRefused);
}

TEST_F(ServiceTest, LogOutEndsOneSessionForGood) {
  const Credentials key = SetUpAdmin();
  const auto log_in = [&] { return *service_.LogIn(key.access_key_id, key.secret_access_key); };
  const Login first = log_in(), second = log_in();
  const std::string cookie = first.cookie.substr(0, first.cookie.find(';'));
  EXPECT_EQ(Who("", cookie), "admin");
  EXPECT_EQ(Who("Bearer " + first.token), "admin");
  EXPECT_EQ(Who("Bearer " + second.token), "admin");
  {
    const NoBlockingScope io_thread;
    EXPECT_EQ(service_.LogOut("", cookie).code(), Code::kWouldBlock);
    EXPECT_TRUE(service_.LogOut("", "").ok());
  }
  EXPECT_TRUE(service_.LogOut("", cookie).ok());
  EXPECT_EQ(Who("", cookie), kRefused) << "the cache forgets it too";
  EXPECT_EQ(Who("Bearer " + first.token), kRefused);
  EXPECT_EQ(Who("Bearer " + second.token), "admin");
  EXPECT_EQ(Who(Basic(key)), "admin");
  // A signature can be written in more ways than one; the session is the same.
  for (const char last :
       std::string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
    EXPECT_EQ(Who("Bearer " + first.token.substr(0, first.token.size() - 1) + last), kRefused);
  Service other(kv_, clock_, *random_, {.secret_key = kSecret});
  EXPECT_EQ(other.Authenticate("Bearer " + first.token, "").code(), Code::kUnauthenticated);
  EXPECT_TRUE(other.Authenticate("Bearer " + second.token, "").ok());
  EXPECT_TRUE(other.LogOut("bearer " + second.token, "").ok());
  clock_.seconds += 20;
  EXPECT_EQ(Who("Bearer " + second.token), kRefused) << "after the time of the cache, here too";
}

TEST_F(ServiceTest, OnlySessionsThatWouldStillBeGoodAreRemembered) {
  const Credentials key = SetUpAdmin();
  const auto remembered = [&] {
    const auto records = *kv_.Scan("auth", "expiredTokens/");
    int count = 0;
    for (Status s = records->Seek(""); s.ok() && records->Valid(); s = records->Next()) ++count;
    return count;
  };
  const auto log_out = [&] {
    const Login login = *service_.LogIn(key.access_key_id, key.secret_access_key);
    EXPECT_TRUE(service_.LogOut("Bearer " + login.token, "").ok());
    return login.token;
  };
  for (const char* nothing : {"Bearer x", "Bearer a.b.c", "Basic YTpi", ""})
    EXPECT_TRUE(service_.LogOut(nothing, "internal_auth_session=broken").ok());
  EXPECT_EQ(remembered(), 0);
  const std::string token = log_out();
  EXPECT_TRUE(service_.LogOut("Bearer " + token, "").ok());
  EXPECT_EQ(remembered(), 1) << "once";
  clock_.seconds += 8 * 86400;
  EXPECT_TRUE(service_.LogOut("Bearer " + token, "").ok());
  EXPECT_EQ(remembered(), 1) << "expired by itself";
  log_out();
  EXPECT_EQ(remembered(), 1) << "records of expired tokens are removed";
}

TEST_F(ServiceTest, SessionsAreNotThoseOfALaterUserOfTheName) {
  const Credentials key = SetUpAdmin();
  const Login login = *service_.LogIn(key.access_key_id, key.secret_access_key);
  const std::string cookie = login.cookie.substr(0, login.cookie.find(';'));
  const std::string foreign =
      SignJwt({"", "", "admin", "login", clock_.seconds, login.expires_seconds}, kSecret);
  const std::string undated =
      SignJwt({"", "", "admin", "login", 0, login.expires_seconds}, kSecret);
  for (const std::string& token : {login.token, foreign})
    EXPECT_EQ(Who("Bearer " + token), "admin");
  EXPECT_EQ(Who("Bearer " + undated), kRefused);
  EXPECT_EQ(Who("", cookie), "admin");
  ASSERT_TRUE(service_.directory().DeleteUser("admin").ok());
  EXPECT_EQ(Who("Bearer " + login.token), kRefused);
  EXPECT_EQ(Who("", cookie), kRefused);
  ++clock_.seconds;
  const std::string again = EncodeUser({"admin", clock_.Now(), "", "", "internal", ""});
  ASSERT_TRUE(kv_.Set(kBasicPartition, kUserKey, again).ok());
  EXPECT_EQ(Who("Bearer " + login.token), kRefused);
  EXPECT_EQ(Who("Bearer " + foreign), kRefused);
  EXPECT_EQ(Who("", cookie), kRefused);
  const Credentials new_key = *service_.CreateCredentials("admin");
  EXPECT_EQ(
      Who("Bearer " + service_.LogIn(new_key.access_key_id, new_key.secret_access_key)->token),
      "admin");
}

TEST_F(ServiceTest, TokensForOthersAreRefused) {
  SetUpAdmin();
  const int64_t now = clock_.seconds;
  const auto who = [&](const JwtClaims& claims, const char* key = kSecret) {
    return Who("Bearer " + SignJwt(claims, key));
  };
  EXPECT_EQ(who({"", "", "admin", "", now, now + 9}), "admin");
  EXPECT_EQ(who({"", "", "admin", "login", now, now + 9}), "admin");
  EXPECT_EQ(who({"", "", "admin", "other", now, now + 9}), kRefused);
  EXPECT_EQ(who({"", "", "stranger", "login", now, now + 9}), kRefused);
  EXPECT_EQ(who({"", "", "admin", "login", now, now + 9}, "another key"), kRefused);
}

TEST_F(ServiceTest, ARepeatedHeaderCostsNoLookUpAndNeverWaits) {
  const std::string header = Basic(SetUpAdmin());
  {
    const NoBlockingScope io_thread;
    EXPECT_EQ(service_.Authenticate(header, "").code(), Code::kWouldBlock);
  }
  EXPECT_EQ(Who(header), "admin");
  kv_.reads = 0;
  {
    const NoBlockingScope io_thread;
    EXPECT_EQ(Who(header), "admin");
    EXPECT_EQ(Who("", ""), "nobody");
  }
  EXPECT_EQ(kv_.reads, 0);
  clock_.seconds += 20;
  EXPECT_EQ(Who(header), "admin");
  EXPECT_GT(kv_.reads, 0) << "the cache ends after Options::cache_ms";
}

TEST_F(ServiceTest, OwnersOfKeysAreRememberedForAWhile) {
  const Credentials key = SetUpAdmin();
  const auto owner = [&](std::string_view id) -> std::string {
    const auto found = service_.FindKey(id);
    if (!found.ok()) return std::string(found.status().message());
    return *found ? (*found)->user.username + ":" + (*found)->secret_access_key : "nobody";
  };
  const std::string expected = "admin:" + key.secret_access_key;
  EXPECT_EQ(owner(""), "nobody");
  EXPECT_EQ(owner("AKIANONE"), "nobody");
  {
    const NoBlockingScope io_thread;
    EXPECT_EQ(owner(key.access_key_id), kv_.traits().reads_wait ? "" : expected);
  }
  EXPECT_EQ(owner(key.access_key_id), expected);
  kv_.reads = 0;
  EXPECT_EQ(owner(key.access_key_id), expected);
  EXPECT_EQ(kv_.reads, 0);
  EXPECT_EQ(Who(Basic(key)), "admin");
  EXPECT_EQ(owner(key.access_key_id), expected);
  clock_.seconds += 20;
  kv_.reads = 0;
  EXPECT_EQ(owner(key.access_key_id), expected);
  EXPECT_EQ(kv_.reads, 2) << "the key and the user, once";
  EXPECT_TRUE(service_.directory().DeleteUser("admin").ok());
  EXPECT_EQ(owner(key.access_key_id), "nobody");
}

TEST_F(ServiceTest, TheCacheIsBoundedAndForgetsRemovedUsers) {
  const Credentials key = SetUpAdmin();
  const int64_t now = clock_.seconds;
  for (int i = 0; i < 6000; ++i) {
    const std::string token =
        SignJwt({std::to_string(i), "", "admin", "login", now, now + 99}, kSecret);
    ASSERT_EQ(Who("Bearer " + token), "admin");
  }
  EXPECT_EQ(Who(Basic(key)), "admin");
  EXPECT_EQ(service_.directory().DeleteUser("nobody").code(), Code::kUserNotFound);
  EXPECT_TRUE(service_.directory().DeleteUser("admin").ok());
  EXPECT_EQ(Who(Basic(key)), kRefused);
  EXPECT_TRUE(service_.directory().ListUsers({})->items.empty());
}

TEST_F(ServiceTest, KeysOfTheOneUser) {
  const Credentials key = SetUpAdmin();
  Directory& users = service_.directory();
  EXPECT_EQ(users.GetKey("admin", key.access_key_id)->access_key_id, key.access_key_id);
  EXPECT_EQ(users.GetKey("nobody", key.access_key_id).status().message(), "credentials not found");
  EXPECT_EQ(users.GetKey("admin", "AKIANONE").status().message(), "credentials not found");
  EXPECT_EQ(service_.CreateCredentials("admin").status().message(),
            "exceeded number of allowed credentials: invalid request");
  EXPECT_EQ(service_.CreateCredentials("nobody").status().message(), "not found");
}

TEST_F(ServiceTest, TokensAreClaimedOnceUntilTheyExpire) {
  const int64_t now = clock_.seconds;
  EXPECT_TRUE(service_.ClaimToken("a", now + 10).ok());
  EXPECT_EQ(service_.ClaimToken("a", now + 10).code(), Code::kAlreadyExists);
  EXPECT_EQ(service_.ClaimToken("a", now + 20).code(), Code::kAlreadyExists)
      << "another expiry makes no other token";
  EXPECT_TRUE(service_.ClaimToken("b", now + 20).ok());
  EXPECT_EQ(service_.ClaimToken("c", now).code(), Code::kInvalidRequest);
  EXPECT_EQ(service_.ClaimToken("", now + 10).code(), Code::kInvalidRequest);
  EXPECT_EQ(service_.ClaimToken("d", INT64_MAX).code(), Code::kInvalidRequest);
  clock_.seconds += 10;
  EXPECT_TRUE(service_.ClaimToken("a", now + 20).ok());
}

TEST_F(ServiceTest, ClaimsOfExpiredTokensAreRemoved) {
  constexpr int kTokens = 200;
  for (int i = 0; i < kTokens; ++i)
    ASSERT_TRUE(service_.ClaimToken("old" + std::to_string(i), clock_.seconds + 1).ok());
  clock_.seconds += 1;
  for (int i = 0; i < kTokens; ++i)
    ASSERT_TRUE(service_.ClaimToken("new" + std::to_string(i), clock_.seconds + 1000).ok());
  int left = 0;
  const auto count = [&](std::string_view, std::string_view) { return ++left, Status(); };
  ASSERT_TRUE(records::ForEachRecord(kv_, kAuthPartition, kClaimedPrefix, count).ok());
  EXPECT_LT(left, kTokens + kTokens / 4) << "the old ones";
}

TEST_F(ServiceTest, InstallationFacts) {
  const std::string id = *service_.InstallationId("");
  EXPECT_EQ(id.size(), 36U);
  EXPECT_EQ(*service_.InstallationId("fixed"), id) << "the first one stays";
  EXPECT_EQ(*kv_.Get("auth", "installation_id"), id);
  EXPECT_TRUE(service_.RecordInstallation({{"os", "linux"}}).ok());
  EXPECT_EQ(*kv_.Get("auth", "installation_metadata/os"), "linux");
}

TEST(Records, RefusesDamage) {
  EXPECT_EQ(DecodeUser("\xff").code(), Code::kCorrupt);
  EXPECT_EQ(DecodeKey("\x0a\xff").code(), Code::kCorrupt);
}

TEST(Keys, HaveTheExpectedForm) {
  auto random = SeededRandom(1);
  for (int i = 0; i < 100; ++i) {
    const std::string id = NewAccessKeyId(*random);
    EXPECT_EQ(id.size(), 20U);
    EXPECT_TRUE(id.starts_with("AKIAJ") && id.ends_with("Q")) << id;
    EXPECT_EQ(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), std::string::npos);
    EXPECT_EQ(DecodeBase64(NewSecretAccessKey(*random))->size(), 30U);
  }
}

TEST(Email, Form) {
  for (const char* good :
       {"a@b.io", "jane.doe+tag@mail.example.com", "someone@gmail.com", "x@sub.xn--p1ai",
        "j\xc3\xb6rg@b\xc3\xbc"
        "cher.example"}) {
    EXPECT_TRUE(CheckEmail(good).ok()) << good;
  }
  EXPECT_EQ(CheckEmail("").message(), "email is required");
  for (const char* bad :
       {"no at sign", "@b.io", "a@", "a@b", "a@b.", "a@.io", "a b@c.io", "Jane <a@b.io>", "a@b..io",
        "a@-b.io", "a@1.2.3.4", ".a@b.io", "a.@b.io", "a..c@b.io", "a@b.io\n"}) {
    EXPECT_EQ(CheckEmail(bad).message(), "invalid email address") << bad;
  }
}

}  // namespace
}  // namespace tarn::auth
