// Tests of the encodings that sign-in uses: secretbox, jwt, gob_cookie.
#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/base64.h"
#include "codec/digest.h"
#include "codec/gob_cookie.h"
#include "codec/hex.h"
#include "codec/jwt.h"
#include "codec/secretbox.h"

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
  EXPECT_EQ(*values, (CookieValues{{"token", jwt}}));
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

// The bytes of a map {"id_token_claims": Claims{...}, ...} that another process wrote: other type
// ids, the type of the claims defined in a message of its own, or in place.
TEST(Cookie, ForeignTypesAreSeenButNotRead) {
  const auto decode = [](std::string_view hex) {
    const std::string dated =
        std::to_string(kNow) + "|" + EncodeBase64(*FromHex(hex), Base64::kUrl);
    const std::string mac(AsView(HmacSha256("k", "s|" + dated)));
    return DecodeCookie("s", "k", kNow, EncodeBase64(dated + "|" + mac, Base64::kUrl));
  };
  const auto claims = decode(
      "0eff81040102ff8200011001100000"
      "34ff820002"
      "06737472696e670c03000163"    // "c"
      "06436c61696d73ff8402abcd"    // Claims, two bytes
      "06737472696e670c03000164"    // "d"
      "06737472696e670c03000165");  // "e"
  ASSERT_TRUE(claims.has_value());
  EXPECT_EQ(*claims, (CookieValues{{"c", std::nullopt}, {"d", "e"}}));
  const auto in_place = decode(
      "0eff81040102ff8200011001100000"
      "1eff820002"
      "06737472696e670c03000163"        // "c"
      "06436c61696d73ff83040102ff84");  // Claims, defined here
  ASSERT_TRUE(in_place.has_value());
  EXPECT_EQ(*in_place, (CookieValues{{"c", std::nullopt}}));
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
