#include "s3gw/signing/payload.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "codec/base64.h"
#include "codec/checksum.h"
#include "codec/hex.h"
#include "s3gw/testing/chunk_encoder.h"
#include "s3gw/testing/signed_head.h"

namespace tarn::s3gw {
namespace {

using testing::ChunkEncoder;
using testing::kDate;
using testing::kScope;
using testing::kSecret;
using testing::SumOf;
using testing::TestHead;

constexpr std::string_view kSigned = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
constexpr std::string_view kSignedTrailer = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
constexpr std::string_view kUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER";

class StringSink : public Payload::Sink {
 public:
  Status OnBytes(std::span<const char> bytes) override {
    if (full) return {Code::kNoSpace, "full"};
    text.append(bytes.data(), bytes.size());
    return {};
  }
  std::string text;
  bool full = false;
};

SignedRequest SignedWith(std::string_view signature) {
  SignedRequest request;
  request.is_v4 = true;
  request.date = kDate;
  request.scope = kScope;
  request.signature = signature;
  request.signing_key = http::SigningKey(kSecret, kScope);
  return request;
}

std::string NameOf(const Answer& answer) {
  if (const Failure* failure = answer.failure()) return std::string(RowOf(failure->error).code);
  return answer.status() ? std::string(answer.status()->message()) : "a response";
}

/// The decoded body, or "!" and the code of the refusal.
std::string Read(const TestHead& request, std::string_view body, size_t piece_size = 1 << 20,
                 const SignedRequest& by = SignedWith(std::string(64, '0'))) {
  const http::RequestHead head = request.head();
  auto payload = Payload::Make(head, by);
  if (!payload.ok()) return "!" + std::string(RowOf(payload.failure().error).code);
  StringSink sink;
  for (size_t at = 0; at < body.size(); at += piece_size) {
    if (auto failed = (*payload)->Take(body.substr(at, piece_size), sink)) {
      return "!" + NameOf(*failed);
    }
  }
  if (auto failed = (*payload)->Finish()) return "!" + NameOf(*failed);
  return sink.text;
}

TestHead Put(std::string_view content_sha256 = "") {
  TestHead put("PUT", "/r/main/x");
  if (!content_sha256.empty()) put.Set("x-amz-content-sha256", content_sha256);
  return put;
}

TEST(Payload, PlainBodies) {
  EXPECT_EQ(Read(Put(), "data"), "data");
  EXPECT_EQ(Read(Put(), "data", 1), "data");
  EXPECT_EQ(Read(Put("UNSIGNED-PAYLOAD"), "data"), "data");
  EXPECT_EQ(Read(Put("unsigned-payload"), "data"), "data");
  const std::string hash = ToHex(AsView(Sha256("data")));
  EXPECT_EQ(Read(Put(hash), "data"), "data");
  EXPECT_EQ(Read(Put(hash), "data", 1), "data");
  EXPECT_EQ(Read(Put(hash), "Data"), "!XAmzContentSHA256Mismatch");
  EXPECT_EQ(Read(Put(hash), ""), "!XAmzContentSHA256Mismatch");
  EXPECT_EQ(Read(Put(ToHex(AsView(Sha256("")))), ""), "");
  for (const char* bad : {"xyz", "abcd", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}) {
    EXPECT_EQ(Read(Put(bad), "data"), "!AccessDenied") << bad;
    EXPECT_EQ(Read(Put(bad), "data", 9, SignedRequest()), "data") << "nobody signed that";
  }
}

TEST(Payload, AnnouncedLength) {
  const auto length = [](const TestHead& request, std::optional<int64_t> content_length,
                         bool chunked = false) {
    http::RequestHead head = request.head();
    head.content_length = content_length;
    head.chunked = chunked;
    return (*Payload::Make(head, SignedWith("")))->decoded_bytes();
  };
  EXPECT_EQ(length(Put(), 7), 7);
  EXPECT_EQ(length(Put(), std::nullopt), 0);
  EXPECT_EQ(length(Put(), std::nullopt, true), std::nullopt);
  EXPECT_EQ(length(Put(kSigned), 200), std::nullopt);
  EXPECT_EQ(length(Put(kSigned).Set("X-Amz-Decoded-Content-Length", "7"), 200), 7);
}

// "Signature calculation: transfer payload in chunks" of the S3 API reference, both forms.
TEST(Payload, ExamplesOfTheApiReference) {
  const std::string first(65536, 'a');
  const std::string second(1024, 'a');
  const auto body = [&](std::string_view a, std::string_view b, std::string_view c) {
    std::string out = "10000;chunk-signature=";
    out.append(a).append("\r\n").append(first).append("\r\n400;chunk-signature=").append(b);
    out.append("\r\n").append(second).append("\r\n0;chunk-signature=").append(c);
    return out.append("\r\n");
  };
  EXPECT_EQ(
      Read(Put(kSigned).Set("x-amz-decoded-content-length", "66560"),
           body("ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
                "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
                "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9") +
               "\r\n",
           5000, SignedWith("4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9")),
      first + second);
  EXPECT_EQ(
      Read(Put(kSignedTrailer)
               .Set("x-amz-decoded-content-length", "66560")
               .Set("x-amz-trailer", "x-amz-checksum-crc32c"),
           body("b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
                "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
                "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992") +
               "x-amz-checksum-crc32c:sOO8/Q==\n\r\nx-amz-trailer-signature:"
               "d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
           5000, SignedWith("106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e")),
      first + second);
}

TEST(Payload, SignedChunks) {
  const std::string body = ChunkEncoder().Body({"hello ", "world"});
  const TestHead put = Put(kSigned).Set("x-amz-decoded-content-length", "11");
  for (size_t size = 1; size <= body.size(); ++size)
    EXPECT_EQ(Read(put, body, size), "hello world");
  for (size_t i = 0; i < body.size() - 2; ++i) {
    EXPECT_EQ(Read(put, std::string_view(body).substr(0, i)), "!IncompleteBody") << i;
    std::string damaged = body;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(Read(put, damaged).front(), '!') << i;
  }
  std::string other = body;
  other.replace(other.find("hello"), 5, "HELLO");
  EXPECT_EQ(Read(put, other), "!SignatureDoesNotMatch");
  EXPECT_EQ(Read(put, other, 9, SignedRequest()), "HELLO world") << "whoever came otherwise";
  EXPECT_EQ(Read(put, body, 9, SignedWith(std::string(64, '1'))), "!SignatureDoesNotMatch");
  EXPECT_EQ(Read(put, "b\r\nhello world\r\n0\r\n\r\n"), "!SignatureDoesNotMatch")
      << "unsigned chunks";
  EXPECT_EQ(Read(put, "hello world"), "!IncompleteBody");
  EXPECT_EQ(Read(Put("streaming-aws4-hmac-sha256-payload"), body), "hello world");
}

TEST(Payload, DecodedLengthIsCompared) {
  const std::string body = ChunkEncoder().Body({"hello"});
  const auto with = [&](std::string_view length) {
    return Read(Put(kSigned).Set("x-amz-decoded-content-length", length), body);
  };
  EXPECT_EQ(with("5"), "hello");
  EXPECT_EQ(Read(Put(kSigned), body), "hello");
  EXPECT_EQ(with("4"), "!IncompleteBody");
  EXPECT_EQ(with("6"), "!IncompleteBody");
  EXPECT_EQ(with("0"), "!IncompleteBody");
  EXPECT_EQ(with(""), "!MissingContentLength");
  for (const char* bad : {"abc", "-1", "5x", "99999999999999999999"}) {
    EXPECT_EQ(with(bad), "!AccessDenied") << bad;
  }
  EXPECT_EQ(Read(Put(kUnsignedTrailer).Set("x-amz-trailer", "x-amz-checksum-crc32"),
                 "7fffffffffffffff\r\n"),
            "!IncompleteBody");
}

TEST(Payload, UnsignedTrailers) {
  const std::string data = "checked by a trailer";
  for (const ChecksumRow& row : ChecksumRows()) {
    const std::string name = "x-amz-checksum-" + std::string(row.name);
    const TestHead put = Put(kUnsignedTrailer).Set("X-Amz-Trailer", name);
    const std::string chunks =
        "a\r\n" + data.substr(0, 10) + "\r\na\r\n" + data.substr(10) + "\r\n0\r\n";
    const std::string good = chunks + name + ":" + SumOf(row.kind, data) + "\r\n\r\n";
    for (size_t size = 1; size <= good.size(); ++size) EXPECT_EQ(Read(put, good, size), data);
    EXPECT_EQ(Read(put, chunks + name + ":" + SumOf(row.kind, "other") + "\r\n"), "!BadDigest");
    EXPECT_EQ(Read(put, chunks + name + ":AAA\r\n"), "!InvalidRequest");
    EXPECT_EQ(Read(put, chunks + name + ":\r\n"), "!InvalidRequest");
    EXPECT_EQ(Read(put, chunks), "!IncompleteBody");
    EXPECT_EQ(Read(put, chunks + "\r\n"), "!IncompleteBody");
    EXPECT_EQ(Read(put, good.substr(0, good.size() - 4)), "!IncompleteBody");
    EXPECT_EQ(Read(put, good + name + ":" + SumOf(row.kind, data) + "\r\n"), "!IncompleteBody");
    EXPECT_EQ(Read(put, chunks + "x-amz-checksum-other:AAAA\r\n"), "!IncompleteBody");
    EXPECT_EQ(Read(put, good + "x-amz-trailer-signature:00\r\n"), "!IncompleteBody");
  }
  for (const char* bad : {"", "x-amz-checksum-md5", "X-Amz-Checksum-Crc32", "x-amz-meta-a",
                          "x-amz-checksum-", "x-amz-checksum-crc32,x-amz-checksum-sha1"}) {
    EXPECT_EQ(Read(Put(kUnsignedTrailer).Set("x-amz-trailer", bad), "0\r\n"), "!AccessDenied")
        << bad;
  }
  EXPECT_EQ(Read(Put(kUnsignedTrailer), "0\r\n"), "!AccessDenied");
}

TEST(Payload, SignedTrailers) {
  const TestHead put = Put(kSignedTrailer).Set("x-amz-trailer", "x-amz-checksum-crc64nvme");
  const auto encoder = [](std::string_view data) {
    ChunkEncoder made;
    made.trailer_name = "x-amz-checksum-crc64nvme";
    made.trailer_value = SumOf(ChecksumKind::kCrc64Nvme, data);
    return made;
  };
  const std::string body = encoder("data").Body({"data"});
  for (size_t size = 1; size <= body.size(); ++size) EXPECT_EQ(Read(put, body, size), "data");
  EXPECT_EQ(Read(put, body, 9, SignedRequest()), "data");
  for (size_t i = 0; i < body.size() - 4; ++i) {
    std::string damaged = body;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_EQ(Read(put, damaged).front(), '!') << i;
    EXPECT_EQ(Read(put, std::string_view(body).substr(0, i)).front(), '!') << i;
  }
  const size_t signature = body.find("x-amz-trailer-signature");
  EXPECT_EQ(Read(put, body.substr(0, signature) + "\r\n"), "!SignatureDoesNotMatch");
  EXPECT_EQ(Read(put, body + body.substr(signature)), "!IncompleteBody");
  EXPECT_EQ(Read(put, encoder("other").Body({"data"})), "!BadDigest");
}

TEST(Payload, ChecksumHeaders) {
  const std::string data = "checked by a header";
  for (const ChecksumRow& row : ChecksumRows()) {
    const std::string name = "X-Amz-Checksum-" + std::string(row.name);
    const std::string good = SumOf(row.kind, data);
    for (const size_t size : {1UL, 5UL, 100UL}) {
      EXPECT_EQ(Read(Put().Set(name, good), data, size), data);
      EXPECT_EQ(Read(Put().Set(name, SumOf(row.kind, "other")), data, size), "!BadDigest");
    }
    EXPECT_EQ(Read(Put().Set(name, good), ""), "!BadDigest");
    EXPECT_EQ(Read(Put().Set(name, SumOf(row.kind, "")), ""), "");
    for (const char* bad : {"", "not base64", "AAA=", "AAAAAAAAAAA"}) {
      EXPECT_EQ(Read(Put().Set(name, bad), data), "!InvalidRequest") << bad;
    }
    // Each would have the whole body hashed again.
    const std::string again = "x-amz-checksum-" + std::string(row.name);
    EXPECT_EQ(Read(Put().Set(name, good).Add(again, good), data), "!InvalidRequest");
    const std::string body = ChunkEncoder().Body({data});
    EXPECT_EQ(Read(Put(kSigned).Set(name, good), body), data) << "decoded bytes are what counts";
    EXPECT_EQ(Read(Put(kSigned).Set(name, SumOf(row.kind, body)), body), "!BadDigest");
  }
  EXPECT_EQ(Read(Put()
                     .Set("x-amz-checksum-crc32", SumOf(ChecksumKind::kCrc32, data))
                     .Set("x-amz-checksum-sha1", SumOf(ChecksumKind::kSha1, "other")),
                 data),
            "!BadDigest");
  EXPECT_EQ(Read(Put().Set("x-amz-checksum-mode", "ENABLED").Set("x-amz-checksum-type", "x"), data),
            data);
}

TEST(Payload, TrailersNeedABodyThatHasThem) {
  for (const std::string_view mode :
       {std::string_view(), std::string_view("UNSIGNED-PAYLOAD"), kSigned})
    EXPECT_EQ(Read(Put(mode).Set("x-amz-trailer", "x-amz-checksum-crc32"), "abc"),
              "!InvalidRequest")
        << mode;
}

TEST(Payload, FailuresOfTheSinkComeThrough) {
  for (const std::string_view mode : {std::string_view(), kSigned}) {
    const TestHead put = Put(mode);
    const http::RequestHead head = put.head();
    auto payload = Payload::Make(head, SignedRequest());
    StringSink sink;
    sink.full = true;
    auto failed = (*payload)->Take(std::string_view("4\r\ndata\r\n"), sink);
    ASSERT_TRUE(failed.has_value());
    EXPECT_EQ(failed->status()->code(), Code::kNoSpace);
  }
}

TEST(Payload, RandomRoundTrips) {
  const auto random = SeededRandom(17);
  const auto below = [&](uint64_t n) { return random->Next64() % n; };
  for (int round = 0; round < 200; ++round) {
    std::string data(below(2000), '\0');
    for (char& c : data) c = static_cast<char>(below(256));
    ChunkEncoder encoder;
    const ChecksumRow& row = ChecksumRows()[below(ChecksumRows().size())];
    const uint64_t kind = below(3);
    encoder.has_signatures = kind != 2;
    TestHead put = Put(kind == 0 ? kSigned : kind == 1 ? kSignedTrailer : kUnsignedTrailer);
    put.Set("x-amz-decoded-content-length", std::to_string(data.size()));
    if (kind != 0) {
      encoder.trailer_name = "x-amz-checksum-" + std::string(row.name);
      encoder.trailer_value = SumOf(row.kind, data);
      put.Set("x-amz-trailer", encoder.trailer_name);
    }
    std::string body;
    for (size_t at = 0; at < data.size();) {
      const size_t size = std::min<size_t>(1 + below(700), data.size() - at);
      body += encoder.Chunk(std::string_view(data).substr(at, size));
      at += size;
    }
    body += encoder.End();
    EXPECT_EQ(Read(put, body, 1 + below(body.size())), data) << "round " << round;
    if (!data.empty()) {
      const size_t at = body.find("\r\n") + 2;
      body[at] = static_cast<char>(body[at] ^ (1 + below(255)));
      EXPECT_EQ(Read(put, body, 1 + below(body.size())).front(), '!') << "round " << round;
    }
  }
}

}  // namespace
}  // namespace tarn::s3gw
