#include "http/signature_v4.h"

#include <gtest/gtest.h>

#include "codec/hex.h"
#include "codec/url.h"

namespace tarn::http {
namespace {

// The examples of the S3 API reference all sign with this key on this day.
constexpr std::string_view kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
constexpr std::string_view kScope = "20130524/us-east-1/s3/aws4_request";
constexpr std::string_view kDate = "20130524T000000Z";
constexpr std::string_view kEmptyHash =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr SigningContext kContext = {kDate, kScope};

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

std::string SignatureOf(std::string_view method, std::string_view path, std::string_view query,
                        const Headers& headers, std::string_view signed_headers,
                        std::string_view payload_hash) {
  const Query pairs(query);
  return SignRequest(
      SigningKey(kSecret, kScope), kContext,
      CanonicalRequest({method, path, pairs.pairs(), headers, signed_headers, payload_hash}));
}

TEST(SignatureV4, ExamplesOfTheApiReference) {
  EXPECT_EQ(SignatureOf("GET", "/test.txt", "",
                        {{"Host", "examplebucket.s3.amazonaws.com"},
                         {"Range", "bytes=0-9"},
                         {"x-amz-content-sha256", kEmptyHash},
                         {"x-amz-date", kDate}},
                        "host;range;x-amz-content-sha256;x-amz-date", kEmptyHash),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  constexpr std::string_view kWelcome =
      "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
  EXPECT_EQ(SignatureOf("PUT", "/test$file.text", "",
                        {{"Host", "examplebucket.s3.amazonaws.com"},
                         {"Date", "Fri, 24 May 2013 00:00:00 GMT"},
                         {"x-amz-date", kDate},
                         {"x-amz-storage-class", "REDUCED_REDUNDANCY"},
                         {"x-amz-content-sha256", kWelcome}},
                        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class", kWelcome),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  const Headers usual = {{"Host", "examplebucket.s3.amazonaws.com"},
                         {"x-amz-date", kDate},
                         {"x-amz-content-sha256", kEmptyHash}};
  constexpr std::string_view kUsualNames = "host;x-amz-content-sha256;x-amz-date";
  EXPECT_EQ(SignatureOf("GET", "/", "lifecycle", usual, kUsualNames, kEmptyHash),
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  EXPECT_EQ(SignatureOf("GET", "/", "max-keys=2&prefix=J", usual, kUsualNames, kEmptyHash),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  EXPECT_EQ(
      SignatureOf("GET", "/test.txt",
                  "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F"
                  "20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-"
                  "Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=left-out",
                  usual, "host", kUnsignedPayload),
      "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST(SignatureV4, ChunksOfTheApiReference) {
  const Sha256Digest key = SigningKey(kSecret, kScope);
  std::string last = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
  last = SignChunk(key, kContext, last, Sha256(std::string(65536, 'a')));
  EXPECT_EQ(last, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648");
  last = SignChunk(key, kContext, last, Sha256(std::string(1024, 'a')));
  EXPECT_EQ(last, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497");
  last = SignChunk(key, kContext, last, Sha256(""));
  EXPECT_EQ(last, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9");

  last = "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e";
  last = SignChunk(key, kContext, last, Sha256(std::string(65536, 'a')));
  EXPECT_EQ(last, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2");
  last = SignChunk(key, kContext, last, Sha256(std::string(1024, 'a')));
  EXPECT_EQ(last, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7");
  last = SignChunk(key, kContext, last, Sha256(""));
  EXPECT_EQ(last, "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992");
  EXPECT_EQ(SignTrailer(key, kContext, last, "x-amz-checksum-crc32c:sOO8/Q==\n"),
            "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435");
}

TEST(SignatureV4, CanonicalForms) {
  const Headers headers = {{"Host", "h:80"},       {"X-Amz-Meta-A", "  a  \t b "},
                           {"x-amz-meta-a", "c"},  {"Content-Type", ""},
                           {"x-amz-meta-b", "\t"}, {"Not-Signed", "x"}};
  const auto canonical = [&](std::string_view path, std::string_view query,
                             std::string_view names) {
    const Query pairs(query);
    return CanonicalRequest({"GET", path, pairs.pairs(), headers, names, "hash"});
  };
  EXPECT_EQ(
      canonical("/a%20b%2Fc/+~%7e/%C3%BC", "b=2&a=z&b=1&a=&c&d=%20%2B+/", "x-amz-meta-a;host"),
      "GET\n/a%20b/c/%2B~~/%C3%BC\na=&a=z&b=1&b=2&c=&d=%20%2B%20%2F\nhost:h:80\n"
      "x-amz-meta-a:a b,c\n\nx-amz-meta-a;host\nhash");
  EXPECT_EQ(canonical("/%FFx", "", "missing;content-type;x-amz-meta-b"),
            "GET\n/%FFx\n\ncontent-type:\nmissing:\nx-amz-meta-b:\n\n"
            "missing;content-type;x-amz-meta-b\nhash");
  // A header is signed once, however often it is named.
  EXPECT_EQ(canonical("/", "", "host;content-type;host;host"),
            "GET\n/\n\ncontent-type:\nhost:h:80\n\nhost;content-type;host;host\nhash");
  EXPECT_EQ(canonical("/", "", ""), "GET\n/\n\n:\n\n\nhash");
}

TEST(SignatureV4, RememberedKeysAreTheRightOnes) {
  const std::string expected = ToHex(AsView(SigningKey(kSecret, kScope)));
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) {
      const std::string other = "202601" + std::to_string(10 + i) + "/x/s3/aws4_request";
      EXPECT_NE(ToHex(AsView(SigningKey(kSecret, other))), expected);
      EXPECT_NE(ToHex(AsView(SigningKey("another secret", kScope))), expected);
      EXPECT_EQ(ToHex(AsView(SigningKey(kSecret, kScope))), expected);
    }
  }
}

}  // namespace
}  // namespace tarn::http
