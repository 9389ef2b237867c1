// Tests of base64, utf8, url, json and json_writer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "codec/base64.h"
#include "codec/json.h"
#include "codec/json_writer.h"
#include "codec/url.h"
#include "codec/utf8.h"

namespace tarn {
namespace {

using testing::ElementsAre;
using testing::Pair;

TEST(Base64Test, VectorsOfTheRfc) {
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_EQ(EncodeBase64("f"), "Zg==");
  EXPECT_EQ(EncodeBase64("fo"), "Zm8=");
  EXPECT_EQ(EncodeBase64("foo"), "Zm9v");
  EXPECT_EQ(EncodeBase64("foob", Base64::kStandardUnpadded), "Zm9vYg");
  EXPECT_EQ(EncodeBase64("\xfb\xff", Base64::kUrl), "-_8=");
  EXPECT_EQ(EncodeBase64("\xfb\xff", Base64::kUrlUnpadded), "-_8");
  EXPECT_EQ(EncodeBase64("\xfb\xff"), "+/8=");
}

TEST(Base64Test, RoundTripsRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string bytes(random() % 64, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    for (auto kind :
         {Base64::kStandard, Base64::kStandardUnpadded, Base64::kUrl, Base64::kUrlUnpadded}) {
      EXPECT_EQ(DecodeBase64(EncodeBase64(bytes, kind), kind), bytes);
    }
  }
}

TEST(Base64Test, RefusesWhatIsNotCanonical) {
  for (auto text : {"Zg", "Zg=", "Zg===", "Z===", "Zh==", "Zm9=", "Zg==\n", "Z g=", "Zg=a", "=",
                    "====", "Zm8=Zm8=", "-_8="}) {
    EXPECT_FALSE(DecodeBase64(text).has_value()) << text;
  }
  EXPECT_FALSE(DecodeBase64("Zg==", Base64::kStandardUnpadded).has_value());
  EXPECT_FALSE(DecodeBase64("+/8", Base64::kUrlUnpadded).has_value());
  EXPECT_FALSE(DecodeBase64("Z", Base64::kUrlUnpadded).has_value());
}

TEST(Utf8Test, TellsValidFromInvalid) {
  for (auto text : {"", "plain ascii, long enough for words", "\xc3\xbc", "\xe2\x80\xa8",
                    "\xf0\x9f\x98\x80", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf"}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
  for (auto text : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                    "\xf8\x88\x80\x80\x80", "abcdefgh\xff"}) {
    EXPECT_FALSE(IsValidUtf8(text)) << text;
  }
}

TEST(Utf8Test, CountsAndRepairsByteByByte) {
  EXPECT_EQ(CountRunes("a\xc3\xbc\xf0\x9f\x98\x80z"), 4U);
  EXPECT_EQ(CountRunes("\xe2\x80"), 2U);
  EXPECT_EQ(ReplaceInvalidUtf8("a\xe2\x80z"), "a\xef\xbf\xbd\xef\xbf\xbdz");
  std::string text;
  for (uint32_t rune : {0x41U, 0xfcU, 0x2028U, 0x1f600U, 0xd800U, 0x110000U}) {
    AppendRune(&text, rune);
  }
  EXPECT_EQ(text, "A\xc3\xbc\xe2\x80\xa8\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(Utf8Test, QuotesLikeTheReference) {
  EXPECT_EQ(Quote("a\"b\\c\n\x01\x7f\xff"), R"("a\"b\\c\n\x01\x7f\xff")");
  EXPECT_EQ(Quote("\xc3\xbc\xe2\x80\xa8\xf3\xa0\x80\x81"), "\"\xc3\xbc\\u2028\\U000e0001\"");
}

std::string ErrorOf(const auto& result) { return std::string(result.status().message()); }

TEST(UrlTest, UnescapesPathsAndQueries) {
  EXPECT_EQ(*PathUnescape("a%2Fb+c%20d"), "a/b+c d");
  EXPECT_EQ(*QueryUnescape("a%2fb+c%00"), std::string("a/b c\0", 6));
  EXPECT_EQ(ErrorOf(PathUnescape("a%zz1")), R"(invalid URL escape "%zz")");
  EXPECT_EQ(ErrorOf(QueryUnescape("a%b")), R"(invalid URL escape "%b")");
  EXPECT_EQ(ErrorOf(QueryUnescape("%")), R"(invalid URL escape "%")");
  EXPECT_TRUE(HasValidEscapes("a%20b%ff"));
  for (auto text : {"%", "a%2", "%g0", "a%%20", "%0g"}) EXPECT_FALSE(HasValidEscapes(text)) << text;
}

TEST(UrlTest, Escapes) {
  EXPECT_EQ(EscapePath("/a b/ü?%$&+,:;=@!"), "/a%20b/%C3%BC%3F%25$&+,:;=@%21");
  EXPECT_EQ(EscapePathSegment("a/b;c,d?e$&+:=@"), "a%2Fb%3Bc%2Cd%3Fe$&+:=@");
  EXPECT_EQ(EscapeQuery("a b&c=d/e~"), "a+b%26c%3Dd%2Fe~");
}

TEST(UrlTest, QueriesDropBrokenPairs) {
  EXPECT_THAT(Query("a=1&b=%zz&c;d=2&&a=2&e&f=x+y=z&=v").pairs(),
              ElementsAre(Pair("a", "1"), Pair("a", "2"), Pair("e", ""), Pair("f", "x y=z"),
                          Pair("", "v")));
  const Query query("a=1&a=2&empty=");
  EXPECT_EQ(query.Get("a"), "1");
  EXPECT_EQ(query.Count("a"), 2U);
  EXPECT_TRUE(query.Has("empty"));
  EXPECT_EQ(query.Find("absent"), nullptr);
}

TEST(UrlTest, ParsesStorageUris) {
  auto uri = *ParseRequestUri("S3://bucket:80/foo%3Abaz/%C3%BC?x=1#f");
  EXPECT_EQ(uri.scheme, "s3");
  EXPECT_EQ(uri.host, "bucket:80");
  EXPECT_EQ(uri.path, "/foo:baz/ü");
  EXPECT_EQ(uri.raw_path, "/foo%3Abaz/%C3%BC");
  EXPECT_EQ(uri.query, "x=1#f");
  EXPECT_EQ(ParseRequestUri("s3://b/a%20b")->raw_path, "/a b");
  EXPECT_EQ(ParseRequestUri("s3://b/a b")->raw_path, "/a b");
  EXPECT_EQ(ParseRequestUri("s3://foo")->host, "foo");
  EXPECT_EQ(ParseRequestUri("/abs//x")->path, "/abs//x");
  EXPECT_EQ(ParseRequestUri("//host/x")->path, "//host/x");
  EXPECT_EQ(ParseRequestUri("mailto:x")->opaque, "x");
  EXPECT_EQ(ParseRequestUri("local:///data")->path, "/data");
  EXPECT_EQ(ParseRequestUri("https://u:p@h/x")->user_info, "u:p");
}

TEST(UrlTest, ExplainsWhatIsWrong) {
  EXPECT_EQ(ErrorOf(ParseRequestUri("")), R"(parse "": empty url)");
  EXPECT_EQ(ErrorOf(ParseRequestUri("a/b")), R"(parse "a/b": invalid URI for request)");
  EXPECT_EQ(ErrorOf(ParseRequestUri("s3://b/%zz1")),
            R"(parse "s3://b/%zz1": invalid URL escape "%zz")");
  EXPECT_EQ(ErrorOf(ParseRequestUri("://x")), R"(parse "://x": missing protocol scheme)");
  EXPECT_EQ(ErrorOf(ParseRequestUri("s3://b/\n")),
            R"(parse "s3://b/\n": net/url: invalid control character in URL)");
  EXPECT_EQ(ErrorOf(ParseRequestUri("s3://b:x/")),
            R"(parse "s3://b:x/": invalid port ":x" after host)");
  EXPECT_EQ(ErrorOf(ParseRequestUri("s3://a b/")),
            R"(parse "s3://a b/": invalid character " " in host name)");
}

std::string Escaped(std::string_view text) {
  std::string out;
  AppendJsonEscaped(&out, text);
  return out;
}

TEST(JsonWriterTest, EscapesLikeTheReference) {
  EXPECT_EQ(Escaped("a<b>&\"\\/"), R"(a\u003cb\u003e\u0026\"\\/)");
  EXPECT_EQ(Escaped(std::string("\b\f\n\r\t\x01\x1f\x7f\0", 9)),
            "\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\\u0000");
  EXPECT_EQ(Escaped("ü\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa"), "ü\\u2028\\u2029\xe2\x80\xaa");
  EXPECT_EQ(Escaped("a\xff\xe2\x80z"), R"(a\ufffd\ufffd\ufffdz)");
}

TEST(JsonWriterTest, PutsCommasAndNumbers) {
  std::string out;
  JsonWriter json(&out);
  json.BeginObject();
  json.Field("a", "x").Field("b", true).Field("c", -1).Field("d", uint64_t{18446744073709551615U});
  json.Key("e").BeginArray().Int(1).Null().BeginArray().EndArray().BeginObject().EndObject();
  json.EndArray().DataKey("f\"").Double(0.5).Field("g", std::map<std::string, std::string>{});
  json.Field("h", {{"k", "v"}, {"l", "w"}}).Key("i").Raw("[1]").EndObject();
  EXPECT_EQ(out,
            R"({"a":"x","b":true,"c":-1,"d":18446744073709551615,"e":[1,null,[],{}],"f\"":0.5,)"
            R"("g":{},"h":{"k":"v","l":"w"},"i":[1]})");
}

TEST(JsonWriterTest, WritesDoublesLikeTheReference) {
  const auto text = [](double value) {
    std::string out;
    JsonWriter(&out).Double(value);
    return out;
  };
  EXPECT_EQ(text(0), "0");
  EXPECT_EQ(text(1e20), "100000000000000000000");
  EXPECT_EQ(text(9223372036854775808.0), "9223372036854776000");
  EXPECT_EQ(text(-12345678901234567890.0), "-12345678901234567000");
  EXPECT_EQ(text(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(text(1e21), "1e+21");
  EXPECT_EQ(text(0.000001), "0.000001");
  EXPECT_EQ(text(1e-7), "1e-7");
  EXPECT_EQ(text(-1.5e-300), "-1.5e-300");
  EXPECT_EQ(text(1.0 / 0.0), "null");
}

TEST(JsonTest, ReadsValuesAndKeepsLiterals) {
  const Json json = *ParseJson(R"( {"a":[1,1.0,-2e3],"b":{"c":"x\u00fc\ud83d\ude00"},"d":null} x)");
  EXPECT_EQ(ToJsonText(json), R"({"a":[1,1.0,-2e3],"b":{"c":"xü😀"},"d":null})");
  EXPECT_EQ(json.Find("a")->items()[0].AsInt64(), 1);
  EXPECT_EQ(json.Find("a")->items()[1].AsInt64(), std::nullopt);
  EXPECT_EQ(json.Find("a")->items()[2].AsDouble(), -2000.0);
  EXPECT_EQ(json.Find("b")->StringAt("c"), "xü😀");
  EXPECT_TRUE(json.Find("d")->is_null());
  EXPECT_EQ(ParseJson("9223372036854775808")->AsInt64(), std::nullopt);
}

TEST(JsonTest, LastOfARepeatedNameCounts) {
  EXPECT_EQ(ToJsonText(*ParseJson(R"({"a":1,"b":2,"a":3})")), R"({"a":3,"b":2})");
  std::string many = "{";
  for (int i = 0; i < 1000; ++i)
    many += "\"k" + std::to_string(i % 500) + "\":" + std::to_string(i) + ",";
  many.back() = '}';
  const Json json = *ParseJson(many);
  EXPECT_EQ(json.members().size(), 500U);
  EXPECT_EQ(json.IntAt("k7"), 507);
  EXPECT_EQ(json.members()[7].first, "k7");
}

TEST(JsonTest, TrailingDataIsIgnoredUnlessRefused) {
  EXPECT_EQ(ParseJson("12x")->AsInt64(), 12);
  EXPECT_TRUE(ParseJson("{} {").ok());
  EXPECT_FALSE(ParseJson("{} {", {.trailing = JsonTrailing::kRefuse}).ok());
  EXPECT_TRUE(ParseJson(" {} \n", {.trailing = JsonTrailing::kRefuse}).ok());
}

TEST(JsonTest, LimitsTheNumberOfValues) {
  constexpr std::string_view kSixValues = R"([0,"",{"a":null},[]])";
  EXPECT_TRUE(ParseJson(kSixValues, {.values_max = 6}).ok());
  EXPECT_EQ(ErrorOf(ParseJson(kSixValues, {.values_max = 5})), "more than 5 values");
  EXPECT_EQ(ParseJson(kSixValues, {.values_max = 5}).code(), Code::kTooLarge);
  EXPECT_EQ(ErrorOf(ParseJson("1", {.values_max = 0})), "more than 0 values");
}

TEST(JsonTest, RepairsWhatIsNotUtf8) {
  EXPECT_EQ(ParseJson("\"a\xff\xfe\"")->string(), "a\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(JsonTest, ExplainsFailures) {
  const auto error = [](std::string_view text) { return ErrorOf(ParseJson(text)); };
  EXPECT_EQ(error(""), "EOF");
  EXPECT_EQ(error(" \n"), "EOF");
  EXPECT_EQ(error("{\"a\":"), "unexpected EOF");
  EXPECT_EQ(error("tru"), "unexpected EOF");
  EXPECT_EQ(error("x"), "invalid character 'x' looking for beginning of value");
  EXPECT_EQ(error("\xef\xbb\xbf{}"), "invalid character '\\ufeff' looking for beginning of value");
  EXPECT_EQ(error("{\"a\" 1}"), "invalid character '1' at offset 5");
  EXPECT_EQ(error(R"("\ud800x")"), "invalid character 'x' at offset 7");
  EXPECT_EQ(ParseJson(std::string(300, '[')).code(), Code::kTooLarge);
  EXPECT_EQ(ParseJson("[1,2,3]", {.bytes_max = 4}).code(), Code::kTooLarge);
}

TEST(JsonTest, SetReplacesOrAppends) {
  Json json = *ParseJson(R"({"a":1})");
  json.Set("a", Json("x"));
  json.Set("b", Json(true));
  EXPECT_EQ(ToJsonText(json), R"({"a":"x","b":true})");
}

}  // namespace
}  // namespace tarn
