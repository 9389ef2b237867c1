// Tests of the encodings that sign-in uses: secretbox, jwt, gob_cookie.
#include <gtest/gtest.h>

#include <map>

#include "base/random.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/gob_cookie.h"
#include "codec/hex.h"
#include "codec/jwt.h"
#include "codec/secretbox.h"
#include "codec/testing/golden_data.h"

namespace tarn {
namespace {

TEST(Secretbox, OpensWhatItSealed) {
  auto random = SeededRandom(1);
  for (const char* text : {"", "x", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}) {
    const std::string sealed = SealSecret("key", text, *random);
    EXPECT_EQ(sealed.size(), 8 + 24 + 16 + std::string_view(text).size());
    const auto opened = OpenSecret("key", sealed);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, text);
    EXPECT_EQ(OpenSecret("other", sealed).code(), Code::kCorrupt);
  }
}

TEST(Secretbox, DamagedOrShortBytesAreAnError) {
  auto random = SeededRandom(2);
  std::string sealed = SealSecret("key", "text", *random);
  for (size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(OpenSecret("key", sealed.substr(0, size)).status().message(),
              "could not decrypt value");
  }
  for (size_t i = 0; i < sealed.size(); ++i) {
    std::string damaged = sealed;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(OpenSecret("key", damaged).ok()) << i;
  }
}

constexpr int64_t kNow = 1'700'000'000;
const JwtClaims kClaims = {"id", "auth", "admin", "login", kNow, kNow + 60};

TEST(Jwt, VerifiesWhatItSigned) {
  const std::string token = SignJwt(kClaims, "secret");
  const auto claims = VerifyJwt(token, "secret", kNow);
  ASSERT_TRUE(claims.ok());
  EXPECT_EQ(claims->subject, "admin");
  EXPECT_EQ(claims->audience, "login");
  EXPECT_EQ(claims->expires_seconds, kNow + 60);
  EXPECT_FALSE(VerifyJwt(token, "other", kNow).ok());
  EXPECT_FALSE(VerifyJwt(token, "secret", kNow + 60).ok()) << "at the expiry it has expired";
  for (size_t i = 0; i < token.size(); ++i) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VerifyJwt(damaged, "secret", kNow).ok()) << i;
    EXPECT_FALSE(VerifyJwt(token.substr(0, i), "secret", kNow).ok()) << i;
  }
}

// Signed by an independent program with key "secret" and the payload
// {"sub":"admin","exp":9999999999}.
TEST(Jwt, AcceptsTheThreeAlgorithms) {
  const std::string payload = ".eyJzdWIiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OX0.";
  for (const std::string& token :
       {"eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9" + payload +
            "qr6IdK6hnLoqzXX4CRPuthTMQcdRsFw8P83S9Jp5yBw",
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzM4NCJ9" + payload +
            "zxWndZvgmiBRZfsxmGTfba3xw9wvw8dbGI9DUd-O-lw8u0A4_UWqq-SsIRtGABV9",
        "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzUxMiJ9" + payload +
            "tB6C8xlrjorSm1fF-Nsnm-urQa9rdawZO_Vl98xtVzKNEJRsFsfBHB8GNyxqT2Vw2-"
            "epgcFCmani5B486huqAw"}) {
    const auto claims = VerifyJwt(token, "secret", kNow);
    ASSERT_TRUE(claims.ok()) << token;
    EXPECT_EQ(claims->subject, "admin");
    EXPECT_EQ(claims->audience, "");
  }
}

// The last three are signed rightly with key "secret": no expiry, a list as audience, a text as
// expiry.
TEST(Jwt, RefusesOddTokens) {
  for (const char* token : {
           "",
           ".",
           "..",
           "a.b.c",
           "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OX0.",
           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.GdYrDf_hp3IHBhv_b91SSCh7N2Lp19bHJXciDzy8C_c",
           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiIsImV4cCI6OTk5OTk5OTk5OSwiYXVkIjpbImxvZ2luIl19."
           "1ii4QBxJF1MHu87nG_f7yl80IzgFiOF2Ba3_aDaH2eE",
           "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiIsImV4cCI6Ijk5OTk5OTk5OTkifQ.Z9-"
           "uxxlLALH9FKFRTTrJoyf6QL8sDalVnDfcT1yhMA4",
       }) {
    const auto claims = VerifyJwt(token, "secret", kNow);
    EXPECT_EQ(claims.code(), Code::kUnauthenticated) << token;
    EXPECT_EQ(claims.status().message(), "invalid token");
  }
}

/// A token with a payload, signed as SignJwt does or under the name of another algorithm.
std::string ServiceToken(const std::string& payload, const std::string& algorithm = "HS256",
                         const std::string& key = "secret") {
  const std::string text = EncodeBase64("{\"alg\":\"" + algorithm + "\"}", Base64::kUrlUnpadded) +
                           "." + EncodeBase64(payload, Base64::kUrlUnpadded);
  return text + "." + EncodeBase64(AsView(HmacSha256(key, text)), Base64::kUrlUnpadded);
}

TEST(Jwt, TokensBetweenServersAreForOneAudience) {
  const auto verified = [](const std::string& token) {
    return VerifyServiceJwt(token, "secret", 100, "them").ok();
  };
  EXPECT_TRUE(verified(ServiceToken(R"({"aud":["x","them"],"sub":"us","exp":101})")));
  EXPECT_TRUE(verified(ServiceToken(R"({"aud":"them","sub":"us","exp":101,"nbf":100})")));
  for (const char* payload :
       {R"({"aud":["x"],"sub":"us","exp":101})", R"({"aud":[],"sub":"us","exp":101})",
        R"({"aud":[["them"]],"sub":"us","exp":101})", R"({"aud":{"them":1},"sub":"us","exp":101})",
        R"({"aud":"them2","sub":"us","exp":101})", R"({"sub":"us","exp":101})",
        R"({"aud":"them","exp":101})", R"({"aud":"them","sub":"","exp":101})",
        R"({"aud":"them","sub":"us"})", R"({"aud":"them","sub":"us","exp":100})",
        R"({"aud":"them","sub":"us","exp":"101"})", R"({"aud":"them","sub":"us","exp":1e9})",
        R"({"aud":"them","sub":"us","exp":101,"nbf":101})", R"(["them"])", ""}) {
    EXPECT_FALSE(verified(ServiceToken(payload))) << payload;
  }
  const std::string good = R"({"aud":"them","sub":"us","exp":101})";
  EXPECT_TRUE(verified(ServiceToken(good)));
  EXPECT_FALSE(verified(ServiceToken(good, "HS512")));
  EXPECT_FALSE(verified(ServiceToken(good, "none")));
  EXPECT_FALSE(verified(ServiceToken(good, "HS256", "another")));
  EXPECT_FALSE(verified(SignJwt(kClaims, "secret"))) << "what users sign in with";
}

TEST(Cookie, DecodesWhatItEncoded) {
  const std::string jwt(400, 'j');
  const auto cookie = EncodeCookie("session", "key", kNow, "token", jwt);
  ASSERT_TRUE(cookie.ok());
  const auto values = DecodeCookie("session", "key", kNow, *cookie);
  ASSERT_TRUE(values.has_value());
  ASSERT_EQ(values->size(), 1U);
  EXPECT_EQ(values->at("token").type, "string");
  EXPECT_EQ(values->at("token").value.string(), jwt);
  EXPECT_FALSE(DecodeCookie("other", "key", kNow, *cookie));
  EXPECT_FALSE(DecodeCookie("session", "kez", kNow, *cookie));
  EXPECT_TRUE(DecodeCookie("session", "key", kNow + kCookieSecondsMax, *cookie));
  EXPECT_FALSE(DecodeCookie("session", "key", kNow + kCookieSecondsMax + 1, *cookie));
  EXPECT_EQ(EncodeCookie("session", "key", kNow, "token", std::string(4000, 'x')).code(),
            Code::kTooLarge);
}

TEST(Cookie, PayloadIsTheDocumentedGob) {
  const auto cookie = EncodeCookie("s", "k", 1, "token", "abc");
  ASSERT_TRUE(cookie.ok());
  const std::string text = *DecodeBase64(*cookie, Base64::kUrl);
  const std::string payload = *DecodeBase64(text.substr(2, text.find('|', 2) - 2), Base64::kUrl);
  EXPECT_EQ(ToHex(payload),
            "0d7f040102ff800001100110000022ff8000010673747269"
            "6e670c070005746f6b656e06737472696e670c05000361"
            "6263");
}

/// A cookie "s" with a payload of one's own, signed with "k".
std::string CookieOf(std::string_view payload) {
  const std::string dated = std::to_string(kNow) + "|" + EncodeBase64(payload, Base64::kUrl);
  const std::string mac(AsView(HmacSha256("k", "s|" + dated)));
  return EncodeBase64(dated + "|" + mac, Base64::kUrl);
}

// What the reference has no type for it cannot read, so it is no session.
TEST(Cookie, TypesThatNobodyDefinesAreRefused) {
  const auto decode = [](std::string_view hex) {
    return DecodeCookie("s", "k", kNow, CookieOf(*FromHex(hex)));
  };
  const std::string map = "0eff81040102ff8200011001100000";
  EXPECT_TRUE(decode(map + "11ff82000106737472696e670c03000163" + "00"));  // "c": nil
  EXPECT_FALSE(decode(map + "11ff82000106737472696e670c03000163" + "06436c61696d73ff8402abcd"));
  EXPECT_FALSE(decode(map + "11ff82000106737472696e670c03000163" + "06436c61696d73ff83040102ff84"))
      << "a definition that is cut";
}

std::string ToText(const GobMap& values) {
  Json::Object all;
  for (const auto& [name, value] : values) all.emplace_back(name, value.value);
  return ToJsonText(Json(std::move(all)));
}

/// The same with the members of objects in order.
std::string Sorted(const Json& value) {
  if (value.is_array()) {
    std::string text = "[";
    for (const Json& item : value.items()) text += Sorted(item) + ",";
    return text + "]";
  }
  if (!value.is_object()) return ToJsonText(value);
  std::map<std::string, std::string> members;
  for (const auto& [name, member] : value.members()) members[name] = Sorted(member);
  std::string text = "{";
  for (const auto& [name, member] : members) text += name + ":" + member + ",";
  return text + "}";
}

TEST(Cookie, RecordedOnesHoldWhatTheReferencePutThere) {
  const auto recorded = ReadGolden("fixtures/auth/cookie-vectors.json");
  if (!recorded) GTEST_SKIP() << "the recorded cookies are not there";
  const Json document = ParseJson(*recorded).value();
  constexpr int64_t kAgeless = -(int64_t{1} << 60);  // how old they are is not asked
  for (const Json& vector : document.Find("cookies")->items()) {
    const auto values = DecodeCookie(*vector.StringAt("name"), *vector.StringAt("secret"), kAgeless,
                                     *vector.StringAt("value"));
    EXPECT_EQ(values.has_value(), *vector.BoolAt("valid")) << *vector.StringAt("id");
    const Json* const holds = vector.Find("holds");
    if (!values || holds == nullptr || holds->is_null()) continue;
    EXPECT_EQ(Sorted(ParseJson(ToText(*values)).value()), Sorted(*holds)) << *vector.StringAt("id");
  }
}

// Nesting costs two bytes a level, which could exhaust the stack.
TEST(Cookie, DeepNestingIsRefused) {
  // []interface{}{[]interface{}{...}} in a map, its type defined once.
  for (const int depth : {2, 15, 100, 500}) {
    // The type is defined once. Each level: its name, its id, a length, no delta, one item.
    const std::string name = "\x02[]";
    std::string payload = *FromHex(
        "0eff81040102ff8200011001100000"
        "10ff82000106737472696e670c03000163");
    payload += name + *FromHex(
                          "ff83020102ff840001100000"
                          "03"
                          "ff84020001");
    for (int i = 0; i < depth; ++i) payload += name + *FromHex("ff84020001");
    payload += '\0';
    EXPECT_EQ(DecodeCookie("s", "k", kNow, CookieOf(payload)).has_value(), depth == 2) << depth;
  }
}

TEST(Cookie, HostileBytesAreRefusedNotRead) {
  auto random = SeededRandom(3);
  const auto cookie = EncodeCookie("s", "k", kNow, "token", "abc");
  ASSERT_TRUE(cookie.ok());
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = *cookie;
    damaged[random->Next64() % damaged.size()] = static_cast<char>(random->Next64());
    if (damaged == *cookie) continue;
    EXPECT_FALSE(DecodeCookie("s", "k", kNow, damaged)) << damaged;
  }
  for (const char* text : {"", "|", "||", "a", "MXwyfDM="}) {
    EXPECT_FALSE(DecodeCookie("s", "k", kNow, text));
  }
}

}  // namespace
}  // namespace tarn
