#include "s3gw/signing/signed_request.h"

#include <gtest/gtest.h>

#include <atomic>

#include "base/blocking.h"
#include "base/random.h"
#include "codec/base64.h"
#include "codec/sha1.h"
#include "kv/testing/test_store.h"
#include "s3gw/signing/signature_date.h"
#include "s3gw/testing/signed_head.h"

namespace tarn::s3gw {
namespace {

using testing::kDate;
using testing::kDateSeconds;
using testing::kKeyId;
using testing::kScope;
using testing::kSecret;
using testing::TestHead;

class TestClock : public Clock {
 public:
  Timestamp Now() override { return {seconds, 0}; }
  int64_t MonotonicMs() override { return 0; }
  std::atomic<int64_t> seconds = kDateSeconds;
};

class SignedRequestTest : public ::testing::Test {
 protected:
  SignedRequestTest() {
    const auth::Credentials key{std::string(kKeyId), std::string(kSecret), {}};
    EXPECT_TRUE(auth_.SetUp({.username = "admin", .key = key}).ok());
  }
  std::variant<SignedRequest, Answer> Verify(const TestHead& request) {
    const http::RequestHead head = request.head();
    return VerifySignature(head, request.query(), auth_, clock_, domains_);
  }
  // The user, or the status and code of the refusal.
  std::string Outcome(const TestHead& request) {
    auto verified = Verify(request);
    if (const auto* good = std::get_if<SignedRequest>(&verified)) return good->user.username;
    const Answer& refused = std::get<Answer>(verified);
    if (const Failure* failure = refused.failure()) {
      return std::to_string(static_cast<int>(failure->error));
    }
    return refused.status() ? std::string(refused.status()->message()) : "a response";
  }
  static std::string Name(Error error) { return std::to_string(static_cast<int>(error)); }

  std::unique_ptr<kv::Store> kv_ = kv::OpenForTest();
  TestClock clock_;
  std::unique_ptr<Random> random_ = SeededRandom(5);
  auth::Service auth_{*kv_, clock_, *random_, {.secret_key = "s"}};
  std::vector<std::string> domains_ = {"s3.local.lakefs.io", "other.example"};
};

TestHead Get() { return {"GET", "/repo/main/a%20b?list-type=2&x=1"}; }

TEST_F(SignedRequestTest, V4HeaderOfAnHonestClient) {
  auto verified = Verify(Get().Sign());
  const auto* good = std::get_if<SignedRequest>(&verified);
  ASSERT_NE(good, nullptr);
  EXPECT_EQ(good->user.username, "admin");
  EXPECT_TRUE(good->is_v4);
  EXPECT_EQ(good->date, kDate);
  EXPECT_EQ(good->scope, kScope);
  EXPECT_EQ(good->signature, Get().Set("x-amz-date", kDate).Signature("host;x-amz-date"));
  EXPECT_EQ(good->signing_key, http::SigningKey(kSecret, kScope));
  EXPECT_EQ(Outcome(Get().Sign("host;x-amz-date", kSecret, "20130524/no_where-9/sts/aws4_request")),
            "admin")
      << "region and service are free";
  const NoBlockingScope io_thread;
  EXPECT_EQ(Outcome(Get().Sign()), "admin");
}

TEST_F(SignedRequestTest, V4HeaderThatIsWrong) {
  EXPECT_EQ(Outcome(Get().Sign("host", "wrong")), Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(Outcome(Get().Sign("host", kSecret, kScope, "AKIAUNKNOWN")),
            Name(Error::kAccessDenied));
  EXPECT_EQ(Outcome(Get().Sign().SetTarget("/repo/main/a%20c?list-type=2&x=1")),
            Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(Outcome(Get().Sign().SetTarget("/repo/main/a%20b?list-type=2&x=2")),
            Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(Outcome(Get().Sign().SetTarget("/repo/main/a%20b?list-type=2&x=1&x=2")),
            Name(Error::kSignatureDoesNotMatch))
      << "later values of a parameter count too";
  EXPECT_EQ(Outcome(Get().Sign().SetTarget("/repo/main/a%20b?x=1&list-type=2")), "admin");
  EXPECT_EQ(Outcome(Get().Sign().SetMethod("PUT")), Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(Outcome(Get().Sign().Set("x-amz-content-sha256", "UNSIGNED-PAYLOAD")),
            Name(Error::kHeadersNotSigned));
  EXPECT_EQ(Outcome(Get().Sign().Set("x-amz-content-sha256", "other")),
            Name(Error::kSignatureDoesNotMatch));
  TestHead many = Get();
  std::string names = "host";
  for (int i = 0; i < 300; ++i) names += ";x";
  EXPECT_EQ(Outcome(many.Sign(names)), Name(Error::kSignatureDoesNotMatch));
}

TEST_F(SignedRequestTest, V4SignsTheHostAndAllHeadersOfS3) {
  const auto unsigned_headers = [&](const TestHead& request) -> std::string {
    auto verified = Verify(request);
    auto* refused = std::get_if<Answer>(&verified);
    if (refused == nullptr || refused->failure() == nullptr) return "";
    EXPECT_EQ(refused->failure()->error, Error::kHeadersNotSigned);
    EXPECT_EQ(refused->failure()->detail_name, "HeadersNotSigned");
    return refused->failure()->detail;
  };
  for (const char* name : {"x-amz-copy-source", "X-Amz-Meta-A", "x-amz-acl", "X-AMZ-DATE2",
                           "x-amz-security-token", "x-amz-content-sha256"}) {
    const std::string_view value = "UNSIGNED-PAYLOAD";
    EXPECT_EQ(unsigned_headers(Get().Presign().Set(name, value)), name);
    EXPECT_EQ(unsigned_headers(Get().Sign().Set(name, value)), name);
  }
  EXPECT_EQ(unsigned_headers(Get().Presign().Set("x-amz-a", "1").Set("x-amz-b", "2")),
            "x-amz-a, x-amz-b");
  EXPECT_EQ(unsigned_headers(Get().Sign("x-amz-date")), "host");
  EXPECT_EQ(unsigned_headers(Get().Presign("600", "range")), "host");
  EXPECT_EQ(unsigned_headers(Get().Sign("host")), "x-amz-date");
  for (const char* name : {"Range", "Content-Type", "X-Amzn-Trace-Id", "amz-sdk-request"})
    EXPECT_EQ(Outcome(Get().Presign().Set(name, "1")), "admin") << name;
  EXPECT_EQ(Outcome(Get().Set("X-Amz-Meta-A", "1").Sign("host;x-amz-date;x-amz-meta-a")), "admin");
  EXPECT_EQ(Outcome(Get().Set("X-Amz-Meta-A", "1").Presign("600", "host;x-amz-meta-a")), "admin");
  EXPECT_EQ(Outcome(Get().SetTarget("/r/m/a?X-Amz-Content-Sha256=UNSIGNED-PAYLOAD").Presign()),
            "admin")
      << "a parameter of the query is signed";
}

// A target that was not the one that was signed must not verify, whatever is odd in the two.
TEST_F(SignedRequestTest, V4TargetsThatDifferAreSignedDifferently) {
  const std::string targets[] = {"/r/m/%ff",     "/r/m/%fe",       "/r/m/%ff%ff",  "/r/m/%EF%BF%BD",
                                 "/r/m/a%00",    "/r/m/a",         "/r/m/a/",      "/r/m//a",
                                 "/r/m/a%25",    "/r/m/a%2525",    "/r/m/a?b",     "/r/m/a?b=c",
                                 "/r/m/a?b&c",   "/r/m/a?b=c%26d", "/r/m/a?b%3Dc", "/r/m/a?b=%ff",
                                 "/r/m/a?b=%fe", "/r/m/a?b=c&b=d", "/r/m/a%3Fb",   "/r/m/a?B"};
  for (const std::string& one : targets) {
    for (const std::string& other : targets) {
      const std::string outcome = Outcome(TestHead("GET", one).Sign().SetTarget(other));
      EXPECT_EQ(outcome == "admin", one == other) << one << " " << other;
    }
  }
}

TEST_F(SignedRequestTest, V4HeaderFormsThatAreRead) {
  const std::string good = std::string(Get().Sign().head().Get("Authorization"));
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    TestHead request = Get();
    request.Set("x-amz-date", kDate).Set("Authorization", changed);
    return Outcome(request);
  };
  const std::string missing = Name(Error::kMissingFields);
  EXPECT_EQ(with(", S", ",S"), "admin");
  EXPECT_EQ(with(", S", ", \t  S"), "admin");
  EXPECT_EQ(with("AWS4", "xx AWS4-HMAC-SHA256 Credential=junk AWS4"), "admin");
  EXPECT_EQ(with("Signature=", "Signature="), "admin");
  EXPECT_EQ(with(good, good + "0, more"), "admin") << "what follows is not looked at";
  EXPECT_EQ(with(good, "AWS4-HMAC-SHA256 nonsense"), missing);
  EXPECT_EQ(with(good, good.substr(0, good.size() - 1)), missing);
  EXPECT_EQ(with("Signature=", "Signature=A"), missing);
  EXPECT_EQ(with("SignedHeaders=host;x-amz-date, ", ""), missing);
  EXPECT_EQ(with("host;x-amz-date", ""), missing);
  EXPECT_EQ(with("host;x-amz-date", "host x-amz-date"), missing);
  EXPECT_EQ(with("AWS4-HMAC", "aws4-hmac"), missing);
  EXPECT_EQ(with("20130524/", "2013052/"), missing);
  EXPECT_EQ(with("20130524/", "2013052X/"), missing);
  EXPECT_EQ(with("/us-east-1/", "/us.east/"), missing);
  EXPECT_EQ(with("/us-east-1/", "//"), missing);
  EXPECT_EQ(with("/s3/aws4_request", "/s3/aws4"), missing);
  EXPECT_EQ(with(kKeyId, "AK"), missing);
  EXPECT_EQ(with(kKeyId, "AKIAIOSFODNN7EXAMPLE1"), missing);
  EXPECT_EQ(with(kKeyId, "AKI"), Name(Error::kAccessDenied)) << "read, but not known";
  EXPECT_EQ(with(kKeyId, "A/B/C"), Name(Error::kAccessDenied)) << "slashes may be in a key";
  EXPECT_EQ(with(kKeyId,
                 "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc"
                 "\xc3\xbc\xc3\xbc"),
            Name(Error::kAccessDenied))
      << "characters are counted, not bytes";
  EXPECT_EQ(Outcome(Get().Presign().Set("Authorization", "AWS4-HMAC-SHA256 nonsense")), missing)
      << "a header hides the query";
}

TEST_F(SignedRequestTest, V4Dates) {
  const auto at = [&](int64_t seconds, const TestHead& request = Get().Sign()) {
    clock_.seconds = kDateSeconds + seconds;
    return Outcome(request);
  };
  EXPECT_EQ(at(900), "admin");
  EXPECT_EQ(at(901), Name(Error::kRequestTimeTooSkewed));
  EXPECT_EQ(at(-900), "admin");
  EXPECT_EQ(at(-901), Name(Error::kRequestTimeTooSkewed)) << "a clock that is ahead";
  EXPECT_EQ(at(1200, Get().Sign("host", "wrong")), Name(Error::kSignatureDoesNotMatch))
      << "the signature comes first";
  EXPECT_EQ(at(0, Get().Sign().Drop("x-amz-date")), Name(Error::kMissingDateHeader));
  EXPECT_EQ(at(0, Get().Sign("host").Drop("x-amz-date").Set("Date", kDate)), "admin")
      << "the date is signed by itself";
  EXPECT_EQ(at(0, Get().Sign().Set("x-amz-date", "yesterday")), Name(Error::kMalformedDate));
  EXPECT_EQ(at(0, Get().Sign().Set("x-amz-date", "Fri, 24 May 2013 00:00:00 GMT")),
            Name(Error::kMalformedDate));
  EXPECT_EQ(at(0, Get().Sign().Set("x-amz-date", "20130525T000000Z")),
            Name(Error::kInvalidCredentialDate));
  EXPECT_EQ(at(0, Get().Sign("host", kSecret, "20209999/r/s3/aws4_request")),
            Name(Error::kMalformedCredentialDate));
}

TEST_F(SignedRequestTest, PresignedUrlsLiveUntilTheyExpire) {
  const auto at = [&](int64_t seconds, const TestHead& request = Get().Presign()) {
    clock_.seconds = kDateSeconds + seconds;
    return Outcome(request);
  };
  EXPECT_EQ(at(0), "admin");
  EXPECT_EQ(at(600), "admin");
  EXPECT_EQ(at(601), Name(Error::kExpiredPresignRequest));
  EXPECT_EQ(at(-900), "admin");
  EXPECT_EQ(at(-901), Name(Error::kRequestNotReadyYet));
  EXPECT_EQ(at(604'800, Get().Presign("604800")), "admin") << "longer than clocks may differ";
  EXPECT_EQ(at(1, Get().Presign("0")), Name(Error::kExpiredPresignRequest));
  EXPECT_EQ(at(0, Get().Presign("604801")), Name(Error::kMaximumExpires));
  EXPECT_EQ(at(0, Get().Presign("-1")), Name(Error::kNegativeExpires));
  EXPECT_EQ(at(0, Get().Presign("soon")), Name(Error::kMalformedExpires));
  EXPECT_EQ(at(0, Get().Presign("")), Name(Error::kMalformedExpires));
  EXPECT_EQ(at(0, Get().Presign("600", "host", "wrong")), Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(at(0, Get().Presign("600", "host", kSecret, "2013-05-24")),
            Name(Error::kMalformedDate));
  EXPECT_EQ(at(0, Get().Presign("600", "host", kSecret, "20130525T000000Z")),
            Name(Error::kInvalidCredentialDate));
}

TEST_F(SignedRequestTest, ParametersOfPresignedUrls) {
  const std::string good = Get().Presign().target();
  const auto with = [&](std::string_view from, std::string_view to) {
    std::string changed = good;
    changed.replace(changed.find(from), from.size(), to);
    return Outcome(Get().SetTarget(changed));
  };
  const std::string missing = Name(Error::kMissingFields);
  const std::string wrong = Name(Error::kSignatureDoesNotMatch);
  EXPECT_EQ(with("X-Amz-Algorithm=AWS4-HMAC-SHA256", "y=z"), missing);
  EXPECT_EQ(with("=AWS4-HMAC-SHA256", "=AWS4-HMAC-SHA1"),
            Name(Error::kInvalidQuerySignatureAlgorithm));
  EXPECT_EQ(with("=AWS4-HMAC-SHA256", "="), Name(Error::kInvalidQuerySignatureAlgorithm));
  EXPECT_EQ(with("=AWS4-HMAC-SHA256", "=aws4-hmac-sha256"), wrong) << "read, but signed otherwise";
  for (const char* name : {"X-Amz-Credential=", "X-Amz-Date=", "X-Amz-Expires=",
                           "X-Amz-SignedHeaders=", "X-Amz-Signature="}) {
    EXPECT_EQ(with(name, "y="), missing) << name;
  }
  const std::string credential = EscapeQuery(std::string(kKeyId).append("/").append(kScope));
  EXPECT_EQ(with(credential, ""), Name(Error::kMissingCredentialTag));
  EXPECT_EQ(with(credential, "AKIA/us-east-1/s3"), Name(Error::kCredentialMalformed));
  EXPECT_EQ(with(credential, "AK/20130524/a/b/aws4_request"), Name(Error::kCredentialMalformed));
  EXPECT_EQ(with(credential, "/20130524/a/b/aws4_request"), Name(Error::kCredentialMalformed));
  EXPECT_EQ(with(credential, "a/b/20130524/a/b/aws4_request"), Name(Error::kAccessDenied));
  EXPECT_EQ(with(credential, "more-than-20-in-front-" + credential + "/tail"), wrong)
      << "the last 20 characters before the scope are the key";
  EXPECT_EQ(with("Signature=", "Signature=0"), wrong);
}

std::string SignatureV2Of(std::string_view text, std::string_view secret = kSecret) {
  const Sha1Digest digest = HmacSha1(secret, text);
  return EncodeBase64({digest.data(), digest.size()});
}

TEST_F(SignedRequestTest, V2Header) {
  const auto signed_by = [&](TestHead request, std::string_view text,
                             std::string_view secret = kSecret) {
    request.Set("Authorization",
                std::string("AWS ").append(kKeyId).append(":").append(SignatureV2Of(text, secret)));
    return Outcome(request);
  };
  const std::string date = "Fri, 24 May 2013 00:00:00 GMT";
  TestHead put("PUT", "/repo/main/a%20b?uploadId=u%2F1&partNumber=1&other=x&acl");
  put.Set("Date", date).Set("Content-Type", "text/plain").Set("Content-MD5", "m==");
  put.Set("X-Amz-Meta-B", "2").Set("x-amz-meta-a", "1").Add("x-amz-meta-a", "3");
  const std::string resource = "/repo/main/a%20b?acl&partNumber=1&uploadId=u/1";
  const std::string headers = "x-amz-meta-a:1,3\nx-amz-meta-b:2\n";
  EXPECT_EQ(signed_by(put, "PUT\nm==\ntext/plain\n" + date + "\n" + headers + resource), "admin");
  EXPECT_EQ(signed_by(put, "PUT\nm==\ntext/plain\n" + date + "\n" + headers + resource, "wrong"),
            Name(Error::kSignatureDoesNotMatch));
  put.Set("x-amz-date", date);
  EXPECT_EQ(
      signed_by(put, "PUT\nm==\ntext/plain\n\nx-amz-date:" + date + "\n" + headers + resource),
      "admin");
  put.Set("x-amz-date", kDate).Drop("Date");
  EXPECT_EQ(
      signed_by(put, "PUT\nm==\ntext/plain\n\nx-amz-date:20130524T000000Z\n" + headers + resource),
      "admin");
  for (const char* host : {"repo.s3.local.lakefs.io", "repo.other.example:8000"}) {
    TestHead get("GET", "/main/x");
    get.Set("Date", date).Set("Host", host);
    EXPECT_EQ(signed_by(get, "GET\n\n\n" + date + "\n/repo/main/x"), "admin") << host;
  }
  auto verified = Verify(put);
  const auto* good = std::get_if<SignedRequest>(&verified);
  EXPECT_TRUE(good == nullptr || !good->is_v4);
}

TEST_F(SignedRequestTest, V2HeaderThatIsWrong) {
  const auto with = [&](std::string_view authorization, std::string_view date) {
    TestHead get("GET", "/r/m/x");
    get.Set("Authorization", authorization);
    if (!date.empty()) get.Set("Date", date);
    return Outcome(get);
  };
  const std::string good = std::string("AWS ").append(kKeyId).append(":AAAA");
  EXPECT_EQ(with(good, "Fri, 24 May 2013 00:00:00 GMT"), Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(with(good, ""), Name(Error::kMissingFields));
  EXPECT_EQ(with(good, "yesterday"), Name(Error::kMalformedDate));
  EXPECT_EQ(with(good, "Fri, 24 May 2013 00:20:00 GMT"), Name(Error::kRequestTimeTooSkewed));
  EXPECT_EQ(with(good, "Thu, 23 May 2013 23:40:00 GMT"), Name(Error::kRequestTimeTooSkewed));
  EXPECT_EQ(with(good, "Fri, 24 May 2013 02:00:00 +0200"), Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(with("AWS AKIANONE:AAAA", ""), Name(Error::kAccessDenied));
  for (const char* bad : {"AWS AK:AAAA", "AWS AKIANONE:???", "AWS AKIANONE:AAA", "AWS AKIANONE",
                          "AWS ", "aws AKIANONE:AAAA", "AWS AKIAIOSFODNN7EXAMPLE1:AAAA"}) {
    EXPECT_EQ(with(bad, ""), Name(Error::kMissingFields)) << bad;
  }
}

TEST_F(SignedRequestTest, JavaQueryOfVersion2) {
  const auto with = [&](std::string_view query, std::string_view secret = kSecret) {
    TestHead get("GET", "/r/main/a%20b");
    const std::string text = std::string("GET\ns3.local.lakefs.io\n/r/main/a%20b\n").append(query);
    get.SetTarget("/r/main/a%20b?" + std::string(query) +
                  "&Signature=" + EscapeQuery(EncodeBase64(AsView(HmacSha256(secret, text)))));
    return Outcome(get);
  };
  const std::string start = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&";
  const std::string rest = "SignatureMethod=HmacSHA256&SignatureVersion=2&";
  const std::string time = "Timestamp=2013-05-24T00%3A00%3A00.000Z";
  EXPECT_EQ(with(start + rest + time), "admin");
  EXPECT_EQ(with(start + rest + "Timestamp=2013-05-24T00%3A00%3A00Z&a=b+c&a=d"), "admin");
  EXPECT_EQ(with(start + rest + time, "wrong"), Name(Error::kSignatureDoesNotMatch));
  EXPECT_EQ(with(start + rest + "Timestamp=2013-05-24T00%3A20%3A00Z"),
            Name(Error::kRequestTimeTooSkewed));
  EXPECT_EQ(with(start + rest + "Timestamp=today"), Name(Error::kMalformedDate));
  EXPECT_EQ(with("AWSAccessKeyId=AKIANONE&" + rest + time), Name(Error::kAccessDenied));
  const std::string missing = Name(Error::kMissingFields);
  EXPECT_EQ(with(start + "SignatureMethod=HmacSHA256&SignatureVersion=2"), missing);
  EXPECT_EQ(with(start + "SignatureMethod=HmacSHA1&SignatureVersion=2&" + time), missing);
  EXPECT_EQ(with(start + "SignatureMethod=HmacSHA256&SignatureVersion=1&" + time), missing);
  EXPECT_EQ(with(start + time), missing);
  EXPECT_EQ(with(rest + time), missing);
  EXPECT_EQ(Outcome(TestHead("GET", "/r?AWSAccessKeyId=AKIA&Signature=AAAA")), missing);
}

TEST_F(SignedRequestTest, JavaQueryOfVersion2IsGoodForItsMethodAndWithoutHeadersOfS3) {
  const std::string query =
      "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&SignatureMethod=HmacSHA256&SignatureVersion=2&"
      "Timestamp=2013-05-24T00%3A00%3A00Z";
  const auto link = [&](std::string_view method) {
    const std::string text = std::string(method) + "\ns3.local.lakefs.io\n/r/m/a\n" + query;
    return "/r/m/a?" + query +
           "&Signature=" + EscapeQuery(EncodeBase64(AsView(HmacSha256(kSecret, text))));
  };
  for (const char* signed_method : {"GET", "PUT", "POST", "DELETE", "HEAD"}) {
    for (const char* method : {"GET", "PUT", "POST", "DELETE", "HEAD"}) {
      const std::string outcome = Outcome(TestHead(method, link(signed_method)));
      EXPECT_EQ(outcome == "admin", std::string_view(method) == signed_method)
          << signed_method << " " << method;
    }
  }
  EXPECT_EQ(Outcome(TestHead("PUT", link("PUT")).Set("x-amz-copy-source", "/r/m/b")),
            Name(Error::kHeadersNotSigned));
}

/// A presigned URL of version 2 as the SDKs make it; `resource` and `headers` are what they sign.
std::string PresignV2(std::string_view method, std::string_view target, std::string_view resource,
                      std::string_view expires, std::string_view content_type = "",
                      std::string_view headers = "", std::string_view secret = kSecret) {
  const std::string text = std::string(method) + "\n\n" + std::string(content_type) + "\n" +
                           std::string(expires) + "\n" + std::string(headers) +
                           std::string(resource);
  return std::string(target) + (target.find('?') == std::string_view::npos ? "?" : "&") +
         "AWSAccessKeyId=" + std::string(kKeyId) +
         "&Signature=" + EscapeQuery(SignatureV2Of(text, secret)) +
         "&Expires=" + std::string(expires);
}

TEST_F(SignedRequestTest, V2PresignedUrlsLiveUntilTheyExpire) {
  constexpr std::string_view kPath = "/r/m/a%20b";
  const std::string expires = std::to_string(kDateSeconds + 60);
  const auto get = [&](std::string_view until, std::string_view secret = kSecret) {
    return Outcome(TestHead("GET", PresignV2("GET", kPath, kPath, until, "", "", secret)));
  };
  EXPECT_EQ(get(expires), "admin");
  EXPECT_EQ(get(std::to_string(kDateSeconds)), "admin");
  EXPECT_EQ(get(std::to_string(kDateSeconds - 1)), Name(Error::kExpiredPresignRequest));
  EXPECT_EQ(get("-1"), Name(Error::kExpiredPresignRequest));
  EXPECT_EQ(get("soon"), Name(Error::kInvalidExpires));
  EXPECT_EQ(get(""), Name(Error::kInvalidExpires));
  EXPECT_EQ(get("99999999999999999999"), Name(Error::kInvalidExpires));
  EXPECT_EQ(get(expires, "wrong"), Name(Error::kSignatureDoesNotMatch));
  const std::string good = PresignV2("GET", kPath, kPath, expires);
  EXPECT_EQ(Outcome(TestHead("GET", good + "0")), Name(Error::kSignatureDoesNotMatch)) << "longer";
  const size_t key = good.find(kKeyId);
  EXPECT_EQ(Outcome(TestHead("GET", std::string(good).replace(key, 4, "AKIX"))),
            Name(Error::kAccessDenied));
  for (const char* bad :
       {"AWSAccessKeyId=AKIA&Expires=1", "AWSAccessKeyId=AK&Expires=1&Signature=A",
        "AWSAccessKeyId=AKIA&Expires=1&Signature=?", "Expires=1&Signature=AAAA"})
    EXPECT_EQ(Outcome(TestHead("GET", std::string("/r/m/a?") + bad)), Name(Error::kMissingFields))
        << bad;
}

TEST_F(SignedRequestTest, V2PresignedUrlsAreGoodForWhatWasSigned) {
  constexpr std::string_view kPath = "/r/m/a";
  const std::string expires = std::to_string(kDateSeconds + 60);
  for (const char* signed_method : {"GET", "PUT", "POST", "DELETE", "HEAD"}) {
    for (const char* method : {"GET", "PUT", "POST", "DELETE", "HEAD"}) {
      const std::string link = PresignV2(signed_method, kPath, kPath, expires);
      EXPECT_EQ(Outcome(TestHead(method, link)) == "admin",
                std::string_view(method) == signed_method);
    }
  }
  const std::string link = PresignV2("PUT", kPath, kPath, expires);
  const std::string wrong = Name(Error::kSignatureDoesNotMatch);
  const auto put = [&](const std::string& target) { return TestHead("PUT", target); };
  EXPECT_EQ(Outcome(put(link).Set("Content-Type", "text/html")), wrong);
  EXPECT_EQ(Outcome(put(link).Set("Content-MD5", "x")), wrong);
  EXPECT_EQ(Outcome(put(link).Set("x-amz-copy-source", "/r/m/b")), wrong);
  EXPECT_EQ(Outcome(put(link).Set("X-Amz-Meta-A", "1")), wrong);
  EXPECT_EQ(Outcome(put(link).Set("Range", "bytes=0-1")), "admin");
  for (const char* more : {"&acl", "&uploadId=1", "&partNumber=1", "&versionId=null", "&uploads",
                           "&response-content-type=text/html", "&tagging", "&X-Amz-Acl=public-read",
                           "&x-amz-copy-source=/r/m/b", "&x-amz-meta-a=1"})
    EXPECT_EQ(Outcome(put(link + more)), wrong) << more;
  EXPECT_EQ(Outcome(put(PresignV2("PUT", "/r/m/a?partNumber=2&uploadId=u%2F1",
                                  "/r/m/a?partNumber=2&uploadId=u/1", expires))),
            "admin");
  EXPECT_EQ(Outcome(put(PresignV2("PUT", kPath, kPath, expires, "text/x", "x-amz-acl:private\n"))
                        .Set("Content-Type", "text/x")
                        .Set("x-amz-acl", "private")),
            "admin");
  EXPECT_EQ(Outcome(put(PresignV2("PUT", "/r/m/a?x-amz-acl=private", kPath, expires, "",
                                  "x-amz-acl:private\n"))),
            "admin")
      << "the SDK for Python puts headers into the query";
  TestHead host("GET", PresignV2("GET", "/m/a", "/r/m/a", expires));
  EXPECT_EQ(Outcome(host.Set("Host", "r.s3.local.lakefs.io:8000")), "admin");
  EXPECT_EQ(Outcome(host.Set("Host", "q.s3.local.lakefs.io:8000")), wrong);
}

TEST_F(SignedRequestTest, NoSignatureAtAll) {
  EXPECT_EQ(Outcome(Get()), Name(Error::kMissingFields));
  EXPECT_EQ(Outcome(Get().Set("Authorization", "Digest x")), Name(Error::kMissingFields));
}

TEST(SignatureDate, Forms) {
  EXPECT_EQ(ReadBasicTime("20130524T010203Z"), kDateSeconds + 3723);
  EXPECT_EQ(ReadBasicTime("20240229T000000Z"), 1709164800);
  EXPECT_EQ(ReadBasicDay("20130524"), kDateSeconds);
  EXPECT_EQ(ReadExtendedTime("2013-05-24T01:02:03Z"), kDateSeconds + 3723);
  EXPECT_EQ(ReadExtendedTime("2013-05-24T01:02:03.250Z"), kDateSeconds + 3723);
  EXPECT_EQ(ReadExtendedTime("2013-05-24T01:02:03.1234567890Z"), kDateSeconds + 3723);
  EXPECT_EQ(ReadMailTime("Fri, 24 May 2013 01:02:03 GMT"), kDateSeconds + 3723);
  EXPECT_EQ(ReadMailTime("fri, 24 may 2013 01:02:03 UTC"), kDateSeconds + 3723);
  EXPECT_EQ(ReadMailTime("Fri, 24 May 2013 01:02:03 -0130"), kDateSeconds + 3723 + 5400);
  for (const char* bad :
       {"", "20130524T010203", "20130524 010203Z", "20130532T010203Z", "20230229T000000Z",
        "20130524T240000Z", "20130524T006000Z", "20130524T000060Z", "20130524T010203Z ",
        "2013052XT010203Z", "20131324T000000Z"}) {
    EXPECT_FALSE(ReadBasicTime(bad)) << bad;
  }
  for (const char* bad :
       {"", "2013-05-24T01:02:03", "2013-05-24T01:02:03.Z", "2013-05-24", "2013-05-24T01:02:60Z"}) {
    EXPECT_FALSE(ReadExtendedTime(bad)) << bad;
  }
  for (const char* bad : {"", "Fri, 24 May 2013 01:02:03", "Fri, 24 May 2013 01:02:03 ",
                          "Xxx, 24 May 2013 01:02:03 GMT", "Fri, 24 Xxx 2013 01:02:03 GMT",
                          "Fri, 24 May 2013 01:02:03 +01", "Fri, 4 May 2013 0:0:0 GMT",
                          "Fri, 24 May 2013 01:02:03 TOOLONG"}) {
    EXPECT_FALSE(ReadMailTime(bad)) << bad;
  }
}

}  // namespace
}  // namespace tarn::s3gw
