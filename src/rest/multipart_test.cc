#include "rest/multipart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace tarn::rest {
namespace {

using ::testing::ElementsAre;

struct Part {
  std::string name, type, bytes;
  bool ended = false;
  friend bool operator==(const Part&, const Part&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Part& part) {
    return out << part.name << "|" << part.type << "|" << part.bytes.size() << "|" << part.ended;
  }
};

class Collector : public PartSink {
 public:
  Status OnPart(const PartHead& head) override {
    parts.push_back({head.name, head.content_type, "", false});
    return {};
  }
  Status OnBytes(std::span<const char> bytes) override {
    EXPECT_FALSE(bytes.empty());
    parts.back().bytes.append(bytes.data(), bytes.size());
    return {};
  }
  Status OnPartEnd() override {
    parts.back().ended = true;
    return {};
  }
  std::vector<Part> parts;
};

/// Feeds a body in pieces whose sizes `next` gives; the first failure ends it.
template <class Next>
Status Feed(std::string_view body, PartSink* sink, Next next, std::string_view boundary = "b") {
  MultipartReader reader(boundary, *sink);
  while (!body.empty()) {
    const size_t size = std::min<size_t>(body.size(), next());
    // A copy on the heap, so that a sanitizer sees every read beyond the piece.
    const std::string piece(body.substr(0, size));
    TARN_TRY(reader.Take(piece));
    body.remove_prefix(size);
  }
  return reader.Finish();
}

Status FeedWhole(std::string_view body, PartSink* sink) {
  return Feed(body, sink, [&] { return body.size(); });
}

constexpr std::string_view kHead = "Content-Disposition: form-data; name=\"content\"\r\n";

TEST(Multipart, ReadsParts) {
  Collector sink;
  const std::string body =
      "preamble\r\n--b\r\ncontent-disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b  \r\n" +
      std::string(kHead) + "Content-Type: text/csv\r\n\r\na\r\nb\r\n--b--\r\nepilogue";
  ASSERT_TRUE(FeedWhole(body, &sink).ok());
  EXPECT_THAT(sink.parts,
              ElementsAre(Part{"x", "", "1", true}, Part{"content", "text/csv", "a\r\nb", true}));
}

TEST(Multipart, EmptyPartsAndNoHeaders) {
  Collector sink;
  ASSERT_TRUE(FeedWhole("--b\r\n\r\n--b\r\n" + std::string(kHead) + "\r\n\r\n--b--", &sink).ok());
  EXPECT_THAT(sink.parts, ElementsAre(Part{"", "", "", true}, Part{"content", "", "", true}));
}

TEST(Multipart, LineFeedsAlone) {
  Collector sink;
  ASSERT_TRUE(
      FeedWhole("--b\nContent-Disposition: form-data; name=content\n\nx\r\ny\n--b--\n", &sink)
          .ok());
  EXPECT_THAT(sink.parts, ElementsAre(Part{"content", "", "x\r\ny", true}));
}

TEST(Multipart, WhatOnlyLooksLikeABoundaryIsData) {
  Collector sink;
  const std::string data = "--b\r\n--bb\r\n--b-x\r\n\r\n--";
  ASSERT_TRUE(
      FeedWhole("--b\r\n" + std::string(kHead) + "\r\n" + "x" + data + "\r\n--b--", &sink).ok());
  // "x--b" does not begin a line; "--bb" and "--b-x" go on as other words.
  EXPECT_THAT(sink.parts, ElementsAre(Part{"content", "", "x" + data, true}));
}

TEST(Multipart, CutBodiesAreRefused) {
  const std::string body = "--b\r\n" + std::string(kHead) + "\r\n12345\r\n--b--";
  for (size_t size = 0; size < body.size(); ++size) {
    Collector sink;
    const Status status = FeedWhole(std::string_view(body).substr(0, size), &sink);
    EXPECT_EQ(status.code(), Code::kInvalidRequest) << size;
  }
}

TEST(Multipart, LimitsHold) {
  Collector sink;
  EXPECT_EQ(FeedWhole("--b\r\nX: " + std::string(kPartHeadBytesMax + 1, 'x'), &sink).code(),
            Code::kTooLarge);
  std::string many;
  for (int i = 0; i <= kPartsMax; ++i) many += "--b\r\n\r\n\r\n";
  EXPECT_EQ(FeedWhole(many + "--b--", &sink).code(), Code::kTooLarge);
}

TEST(Multipart, MalformedBodiesAreRefused) {
  for (const std::string_view body : {"", "no boundary at all", "--c\r\n\r\n\r\n--c--",
                                      "--b\r\n\r\nx\r\n--b junk\r\n\r\n--b--"}) {
    Collector sink;
    EXPECT_EQ(FeedWhole(body, &sink).code(), Code::kInvalidRequest) << body;
  }
}

TEST(Multipart, TheSinksFailureEndsTheBody) {
  class Failing : public Collector {
    Status OnBytes(std::span<const char>) override { return {Code::kNoSpace, "full"}; }
  } sink;
  EXPECT_EQ(FeedWhole("--b\r\n\r\nx\r\n--b--", &sink).code(), Code::kNoSpace);
}

/// Bytes that are likely to meet the reader's special cases.
std::string RandomContent(std::mt19937& random, std::string_view delimiter) {
  constexpr std::string_view kPieces[] = {"\r", "\n", "\r\n", "-", "--", "\r\n--", "x", " ", "b"};
  std::string content;
  for (size_t i = random() % 40; i > 0; --i) content += kPieces[random() % std::size(kPieces)];
  // A delimiter within would end the part, and so would one at its very beginning.
  if (content.find(delimiter) != std::string::npos || content.starts_with(delimiter.substr(2)))
    return RandomContent(random, delimiter);
  return content;
}

TEST(Multipart, AnyCutGivesTheSameParts) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 3000; ++round) {
    const std::string boundary = random() % 2 ? "b" : "bb-b";
    std::string body = random() % 3 ? "" : "some\r\n\npreamble\r\n";
    std::vector<Part> expected;
    for (size_t i = 1 + random() % 3; i > 0; --i) {
      Part part{random() % 2 ? "content" : "other", random() % 2 ? "a/b" : "",
                RandomContent(random, "\r\n--" + boundary), true};
      body +=
          "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + part.name + "\"\r\n";
      if (!part.type.empty()) body += "Content-Type: " + part.type + "\r\n";
      body += "\r\n" + part.bytes + "\r\n";
      expected.push_back(std::move(part));
    }
    body += "--" + boundary + "--" + (random() % 2 ? "\r\ntail" : "");
    Collector sink;
    const Status status = Feed(
        body, &sink, [&] { return 1 + random() % (1u << (random() % 8)); }, boundary);
    ASSERT_TRUE(status.ok()) << status.message() << "\n" << body;
    ASSERT_EQ(sink.parts, expected) << body;
  }
}

TEST(Multipart, RandomBytesNeverBreakIt) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kPieces[] = {
      "--b", "--b--", "\r\n", "\n",       "\r",
      "-",   ":",     "x",    "\r\n\r\n", "Content-Disposition: form-data; name="};
  for (int round = 0; round < 3000; ++round) {
    std::string body;
    for (size_t i = random() % 30; i > 0; --i) body += kPieces[random() % std::size(kPieces)];
    Collector sink;
    size_t given = 0;
    IgnoreError(Feed(body, &sink, [&] { return 1 + random() % 7; }), "any verdict is fine");
    for (const Part& part : sink.parts) given += part.bytes.size();
    ASSERT_LE(given, body.size());
  }
}

}  // namespace
}  // namespace tarn::rest
