// What listings are asked for, and the documents that answer: the order and form of elements are
// those of recorded answers.
#include "s3gw/operations/listing_page.h"

#include <gtest/gtest.h>

#include "codec/utf8.h"
#include "codec/xml_writer.h"
#include "s3gw/operations/marker.h"

namespace tarn::s3gw {
namespace {

ListingRequest Read(std::string_view query) {
  auto request = ReadListingRequest(Query(query));
  EXPECT_TRUE(request.ok()) << query;
  return request.ok() ? *request : ListingRequest();
}

catalog::ListedItem Object(std::string_view path) {
  catalog::ListedItem item{.path = path};
  item.entry.last_modified = {1136214245, 7'000'000};
  item.entry.size = 3;
  item.entry.checksum = "abc";
  return item;
}

catalog::ListedItem Prefix(std::string_view path) { return {.path = path, .is_prefix = true}; }

/// The document of a page, without its declaration.
std::string Document(const ListingRequest& request,
                     std::initializer_list<catalog::ListedItem> items, std::string_view next = "") {
  ListingPage page(request);
  for (const catalog::ListedItem& item : items) page.Add("main", item);
  http::Response response = std::move(page).Finish("bucket", next);
  const std::string text = std::get<std::string>(response.body);
  return text.substr(text.find('\n') + 1);
}

TEST(RefPrefix, IsSplitAtTheFirstSlash) {
  EXPECT_EQ(ReadRefPrefix("main/a/b")->ref, "main");
  EXPECT_EQ(ReadRefPrefix("main/a/b")->path, "a/b");
  EXPECT_EQ(ReadRefPrefix("/main/")->path, "");
  EXPECT_EQ(ReadRefPrefix("main//a")->path, "/a");
  EXPECT_EQ(ReadRefPrefix("main/a\nb")->path, "a\nb") << "not cut at a line break";
  EXPECT_EQ(ReadRefPrefix("main~1/x")->ref, "main~1");
  EXPECT_EQ(ReadRefPrefix("mai")->ref, "mai");
  EXPECT_FALSE(ReadRefPrefix("mai")->path.has_value());
  for (const std::string_view none : {"", "/", "//x"}) EXPECT_FALSE(ReadRefPrefix(none)) << none;
}

TEST(ListingRequest, HasAVersion) {
  EXPECT_FALSE(Read("").v2);
  EXPECT_FALSE(Read("list-type=&prefix=p").v2);
  EXPECT_FALSE(Read("list-type=1").v2);
  EXPECT_TRUE(Read("list-type=2").v2);
  for (const std::string_view bad : {"list-type=3", "list-type=x", "list-type=02"}) {
    const auto request = ReadListingRequest(Query(bad));
    ASSERT_FALSE(request.ok()) << bad;
    EXPECT_EQ(request.failure().error, Error::kBadRequest);
  }
}

TEST(ListingRequest, HasALimit) {
  EXPECT_EQ(Read("").keys_max, 1000);
  EXPECT_EQ(Read("max-keys=x").keys_max, 1000);
  EXPECT_EQ(Read("max-keys=99999999999999999999").keys_max, 1000);
  EXPECT_EQ(Read("max-keys=0").Limit(kObjectPageMax), 0);
  EXPECT_EQ(Read("max-keys=-5").keys_max, -5);
  EXPECT_EQ(Read("max-keys=-5").Limit(kObjectPageMax), 10'000);
  EXPECT_EQ(Read("max-keys=10001").Limit(kObjectPageMax), 10'000);
  EXPECT_EQ(Read("max-keys=10001").Limit(kBranchPageMax), 1'000);
}

TEST(ListingRequest, HasAStart) {
  EXPECT_EQ(Read("marker=main/a&start-after=main/b").after, "main/a");
  EXPECT_EQ(Read("list-type=2&marker=main/a&start-after=main/b").after, "main/b");
  const ListingRequest both = Read("list-type=2&start-after=main/b&continuation-token=main/c");
  EXPECT_EQ(both.after, "main/c");
  EXPECT_EQ(both.token, "main/c");
  EXPECT_EQ(both.start_after, "main/b");
  EXPECT_EQ(Read("list-type=2&continuation-token=").token, std::nullopt);
}

TEST(ListingPage, Version2) {
  EXPECT_EQ(
      Document(Read("list-type=2&prefix=main/&delimiter=/&max-keys=2&continuation-token=main/%26"),
               {Prefix("d/"), Object("x<y")}, "main/x<y"),
      "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated><Prefix>main/</Prefix>"
      "<Delimiter>/</Delimiter><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys>"
      "<CommonPrefixes><Prefix>main/d/</Prefix></CommonPrefixes>"
      "<NextContinuationToken>main/x&lt;y</NextContinuationToken>"
      "<ContinuationToken>main/&amp;</ContinuationToken>"
      "<Contents><Key>main/x&lt;y</Key><LastModified>2006-01-02T15:04:05.007Z</LastModified>"
      "<ETag>&#34;abc&#34;</ETag><Size>3</Size><StorageClass>STANDARD</StorageClass></Contents>"
      "</ListBucketResult>");
}

TEST(ListingPage, Version1NamesTheNextMarkerBesideADelimiter) {
  EXPECT_EQ(Document(Read("prefix=main/&marker=main/a"), {}, "main/b"),
            "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated>"
            "<Prefix>main/</Prefix><KeyCount>0</KeyCount><MaxKeys>1000</MaxKeys>"
            "<Marker>main/a</Marker></ListBucketResult>");
  EXPECT_EQ(Document(Read("prefix=main/&delimiter=-"), {}, "main/b"),
            "<ListBucketResult><Name>bucket</Name><IsTruncated>true</IsTruncated>"
            "<Prefix>main/</Prefix><Delimiter>-</Delimiter><KeyCount>0</KeyCount>"
            "<MaxKeys>1000</MaxKeys><Marker></Marker><NextMarker>main/b</NextMarker>"
            "</ListBucketResult>");
}

TEST(ListingPage, UrlEncodingLeavesTokensAsTheyAre) {
  const std::string v2 = Document(
      Read("list-type=2&prefix=main/%2B&delimiter=%26&encoding-type=url&continuation-token=main/+"),
      {Object("a b\x01+%~ü"), Prefix("p&")}, "main/p&");
  for (const std::string_view part :
       {"<Prefix>main/%2B</Prefix>", "<Delimiter>%26</Delimiter>",
        "<EncodingType>url</EncodingType>", "<Key>main/a%20b%01%2B%25~%C3%BC</Key>",
        "<CommonPrefixes><Prefix>main/p%26</Prefix></CommonPrefixes>",
        "<NextContinuationToken>main/p&amp;</NextContinuationToken>",
        "<ContinuationToken>main/ </ContinuationToken>"})
    EXPECT_NE(v2.find(part), std::string::npos) << part << "\n" << v2;
  const std::string v1 =
      Document(Read("marker=main/%20&delimiter=/&encoding-type=url"), {}, "main/b c");
  EXPECT_NE(v1.find("<Marker>main/%20</Marker>"), std::string::npos) << v1;
  EXPECT_NE(v1.find("<NextMarker>main/b%20c</NextMarker>"), std::string::npos) << v1;
}

TEST(ListingPage, AMarkerNamesEveryKey) {
  for (const std::string_view key :
       {"main/plain", "main/<&\"'>", "main/\t\r\n", "main/a\x01", "main/\xff", "main/\xef\xbf\xbe",
        "main/\xef\xbf\xbd", ":base64:", ":base64:eA"}) {
    std::string escaped;
    AppendXmlEscaped(&escaped, MarkerText(key));
    EXPECT_EQ(escaped.find(kReplacementCharacter), std::string::npos) << key;
    EXPECT_EQ(ReadMarker(MarkerText(key)), key);
  }
  EXPECT_EQ(MarkerText("main/<&"), "main/<&") << "as the reference's, where that will do";
  EXPECT_EQ(ReadMarker(":base64:no base64"), ":base64:no base64");
  const std::string token = "<NextContinuationToken>:base64:bWFpbi8B</NextContinuationToken>";
  EXPECT_NE(Document(Read("list-type=2"), {}, "main/\x01").find(token), std::string::npos);
  const std::string marker = "<NextMarker>:base64:bWFpbi8B</NextMarker>";
  EXPECT_NE(Document(Read(""), {}, "main/\x01").find(marker), std::string::npos);
  EXPECT_NE(Document(Read("delimiter=/"), {}, "main/\x01").find(marker), std::string::npos);
  EXPECT_EQ(Document(Read("encoding-type=url"), {}, "main/\x01").find("NextMarker"),
            std::string::npos)
      << "the key itself can be read";
}

TEST(ListingPage, StartsWhereverTheMarkerStands) {
  EXPECT_EQ(PathAfter("main", "main/a/b"), "a/b");
  EXPECT_EQ(PathAfter("main", "/main/a"), "a");
  for (const std::string_view before : {"dev/z", "main", "MAIN/a", "main-2/x", "//x", "b"})
    EXPECT_EQ(PathAfter("main", before), "") << before;
  for (const std::string_view behind : {"main0/a", "n", "nowhere/x", "\xff"})
    EXPECT_EQ(PathAfter("main", behind), std::nullopt) << behind;
}

TEST(ListingPage, BranchesCountInVersion2Only) {
  for (const bool v2 : {false, true}) {
    const ListingRequest request = Read(v2 ? "list-type=2" : "");
    ListingPage page(request);
    page.AddBranch("dev");
    http::Response response = std::move(page).Finish("bucket", "");
    const std::string text = std::get<std::string>(response.body);
    const std::string count = v2 ? "<KeyCount>1</KeyCount>" : "<KeyCount>0</KeyCount>";
    EXPECT_NE(text.find(count), std::string::npos) << text;
    EXPECT_NE(text.find("<Prefix>dev/</Prefix></CommonPrefixes>"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tarn::s3gw
