// The small readers and writers of headers: ranges, entity tags, conditions.
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "serving/client_address.h"
#include "serving/entity_tag.h"
#include "serving/range_header.h"
#include "serving/read_conditions.h"

namespace tarn::serving {
namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

http::RequestHead Head(Headers headers) {
  http::RequestHead head;
  head.headers = std::move(headers);
  return head;
}

TEST(EntityTag, IsLookedForInLists) {
  struct Case {
    std::string_view list;
    bool with_quotes, without_quotes;
  };
  const Case cases[] = {
      {"\"abc\"", true, true},
      {"W/\"abc\"", true, true},
      {"*", true, true},
      {"\"x\", \"abc\"", true, true},
      {"\"x\",W/\"abc\" ,\"y\"", true, true},
      {" * ", true, true},
      {"abc", false, true},
      {"x, abc", false, true},
      {"W/abc", false, true},
      {"\"ab\"", false, false},
      {"\"*\"", false, false},
      {"", false, false},
      {",", false, false},
      {"W/", false, false},
      {"w/\"abc\"", false, false},
      {"\"abc", false, false},
      {"\"abc\"x", false, false},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(ListsTag(c.list, "\"abc\"", TagQuotes::kNeeded), c.with_quotes) << c.list;
    EXPECT_EQ(ListsTag(c.list, "\"abc\"", TagQuotes::kOptional), c.without_quotes) << c.list;
  }
}

TEST(Range, OfAnObjectOfTenBytes) {
  struct Case {
    std::string_view header;
    RangeKind kind;
    int64_t offset, length;
  };
  const Case cases[] = {
      {"bytes=0-4", RangeKind::kGood, 0, 5},
      {"bytes=5-", RangeKind::kGood, 5, 5},
      {"bytes=-3", RangeKind::kGood, 7, 3},
      {"bytes=-100", RangeKind::kGood, 0, 10},
      {"bytes=9-100", RangeKind::kGood, 9, 1},
      {"bytes=00-01", RangeKind::kGood, 0, 2},
      {"bytes=0-1 ", RangeKind::kGood, 0, 2},
      {"bytes=0-9223372036854775807", RangeKind::kGood, 0, 10},
      {"bytes=-9223372036854775807", RangeKind::kGood, 0, 10},
      {"bytes=-0", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=10-", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=10-12", RangeKind::kUnsatisfiable, 0, 0},
      {"bytes=4-2", RangeKind::kBad, 0, 0},
      {"bytes=0-1,3-4", RangeKind::kBad, 0, 0},
      {"bytes=0-4,", RangeKind::kBad, 0, 0},
      {"bytes=-", RangeKind::kBad, 0, 0},
      {"bytes=--1", RangeKind::kBad, 0, 0},
      {"bytes=", RangeKind::kBad, 0, 0},
      {"items=0-1", RangeKind::kBad, 0, 0},
      {"bytes=99999999999999999999-", RangeKind::kBad, 0, 0},
  };
  for (const Case& c : cases) {
    const ReadRange read = ReadRangeHeader(c.header, 10);
    EXPECT_EQ(read.kind, c.kind) << c.header;
    EXPECT_EQ(read.range.offset, c.offset) << c.header;
    EXPECT_EQ(read.range.length, c.length) << c.header;
  }
}

TEST(Range, OfAnEmptyObjectIsUnsatisfiable) {
  for (const std::string_view header : {"bytes=0-", "bytes=0-0", "bytes=-1", "bytes=1-"})
    EXPECT_EQ(ReadRangeHeader(header, 0).kind, RangeKind::kUnsatisfiable) << header;
}

TEST(EntityTag, IsQuotedOnce) {
  EXPECT_EQ(EntityTag("abc"), "\"abc\"");
  EXPECT_EQ(EntityTag("\"abc\""), "\"abc\"");
}

TEST(ReadConditions, AreJudgedInOrder) {
  const Validators object{"\"abc\"", 784111777};
  const std::string_view past = "Sun, 06 Nov 1994 08:49:36 GMT",
                         now = "Sun, 06 Nov 1994 08:49:37 GMT";
  constexpr auto kSend = ReadVerdict::kSend, kNot = ReadVerdict::kNotModified,
                 kUnfulfilled = ReadVerdict::kUnfulfilled;
  const std::pair<Headers, ReadVerdict> cases[] = {
      {{}, kSend},
      {{{"If-Match", "\"abc\""}}, kSend},
      {{{"If-Match", "abc"}}, kSend},
      {{{"If-Match", "\"x\" , \"abc\""}}, kSend},
      {{{"If-Match", "*"}}, kSend},
      {{{"If-Match", "\"x\""}}, kUnfulfilled},
      {{{"If-Match", ""}}, kUnfulfilled},
      {{{"If-None-Match", "\"x\", W/\"abc\""}}, kNot},
      {{{"If-None-Match", "*"}}, kNot},
      {{{"If-None-Match", "\"x\""}}, kSend},
      {{{"If-Modified-Since", now}}, kNot},
      {{{"If-Modified-Since", past}}, kSend},
      {{{"If-Modified-Since", "yesterday"}}, kSend},
      {{{"If-Unmodified-Since", now}}, kSend},
      {{{"If-Unmodified-Since", past}}, kUnfulfilled},
      {{{"If-Match", "\"abc\""}, {"If-Unmodified-Since", past}}, kSend},
      {{{"If-None-Match", "\"x\""}, {"If-Modified-Since", now}}, kSend},
      {{{"If-Match", "\"x\""}, {"If-None-Match", "\"abc\""}}, kUnfulfilled}};
  for (const auto& [headers, verdict] : cases) {
    const std::string shown =
        headers.empty() ? ""
                        : std::string(headers[0].first) + ": " + std::string(headers[0].second);
    EXPECT_EQ(CheckReadConditions(Head(headers), object, TagQuotes::kOptional), verdict) << shown;
  }
}

TEST(ReadConditions, ARangeOfAnotherStateDoesNotCount) {
  const Validators object{"\"abc\"", 784111777};
  const std::pair<std::string_view, std::string_view> range{"Range", "bytes=0-1"};
  EXPECT_EQ(EffectiveRange(Head({range}), object), "bytes=0-1");
  EXPECT_EQ(EffectiveRange(Head({range, {"If-Range", "\"abc\""}}), object), "bytes=0-1");
  EXPECT_EQ(EffectiveRange(Head({range, {"If-Range", "Sun, 06 Nov 1994 08:49:37 GMT"}}), object),
            "bytes=0-1");
  for (const std::string_view other : {"\"x\"", "W/\"abc\"", "Sun, 06 Nov 1994 08:49:38 GMT", ""})
    EXPECT_EQ(EffectiveRange(Head({range, {"If-Range", other}}), object), "") << other;
}

// As the reference was seen to take it.
TEST(ClientAddress, IsWhatTheFirstProxySaysElseThePeer) {
  const auto address = [](std::string_view peer, Headers headers) {
    http::RequestHead head = Head(std::move(headers));
    head.peer = peer;
    return ClientAddress(head);
  };
  constexpr std::string_view kPeer = "192.0.2.1:5000";
  EXPECT_EQ(address(kPeer, {}), "192.0.2.1");
  EXPECT_EQ(address("[2001:db8::1]:5000", {}), "2001:db8::1");
  EXPECT_EQ(address("@", {}), "@");
  EXPECT_EQ(address("", {}), "");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", "198.51.100.1, 203.0.113.5"}}), "198.51.100.1");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", " 198.51.100.1 ,x"}}), "198.51.100.1");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", " "}}), "");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", ",198.51.100.1"}}), "192.0.2.1");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", "unknown"}}), "unknown");
  EXPECT_EQ(address(kPeer, {{"X-Real-IP", " 203.0.113.9 "}}), " 203.0.113.9 ") << "taken whole";
  EXPECT_EQ(address(kPeer, {{"X-Real-IP", "203.0.113.9, 1.1.1.1"}}), "203.0.113.9, 1.1.1.1");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", ","}, {"X-Real-IP", "203.0.113.9"}}),
            "203.0.113.9");
  EXPECT_EQ(address(kPeer, {{"X-Forwarded-For", "198.51.100.1"}, {"X-Real-IP", "203.0.113.9"}}),
            "198.51.100.1");
  EXPECT_EQ(address(kPeer, {{"Forwarded", "for=198.51.100.1"}}), "192.0.2.1");
}

TEST(ClientAddress, IsTheOnlyFactOfARequest) {
  http::RequestHead head;
  head.peer = "192.0.2.1:5000";
  EXPECT_EQ(FactOf(head, "SourceIp"), "192.0.2.1");
  EXPECT_EQ(FactOf(head, "sourceip"), std::nullopt);
  EXPECT_EQ(FactOf(head, ""), std::nullopt);
}

}  // namespace
}  // namespace tarn::serving
