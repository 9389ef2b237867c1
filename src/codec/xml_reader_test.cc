#include "codec/xml_reader.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace tarn {
namespace {

Result<XmlDocument> Parse(std::string_view text) { return XmlDocument::Parse(text); }

TEST(XmlReader, ReadsElementsAndText) {
  const auto document = Parse(
      "<?xml version=\"1.0\"?>\n<s3:Root xmlns:s3=\"x\" a='1'> <A>one&amp;&#x41;<![CDATA[<b>]]></A>"
      "<!-- c --><B> </B><C/><A>two\r\nlines</A></s3:Root>\n");
  ASSERT_TRUE(document.ok()) << document.status().message();
  EXPECT_EQ(document->root().name(), "Root");
  std::vector<std::pair<std::string, std::string>> seen;
  EXPECT_TRUE(document->root()
                  .ForEachChild([&](XmlElement child) -> Status {
                    seen.emplace_back(child.name(), child.text());
                    return {};
                  })
                  .ok());
  const std::vector<std::pair<std::string, std::string>> expected = {
      {"A", "one&A<b>"}, {"B", " "}, {"C", ""}, {"A", "two\nlines"}};
  EXPECT_EQ(seen, expected);
}

TEST(XmlReader, RefusesWhatIsNoDocument) {
  for (const std::string_view bad : {"", "text", "<a>", "<a></b>", "<a", "</a>", "<a b></a>",
                                     "<a></a", "<?xml version=\"1.0\"?>"})
    EXPECT_EQ(Parse(bad).code(), Code::kInvalidRequest) << bad;
}

TEST(XmlReader, ExpandsNoEntities) {
  EXPECT_EQ(Parse("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>").code(), Code::kInvalidRequest);
  EXPECT_EQ(Parse("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>").code(), Code::kInvalidRequest);
}

// A key must never be cut or read as another one: it would be the wrong object that is deleted.
TEST(XmlReader, RefusesWhatIsNoCharacter) {
  for (const std::string_view bad :
       {"a&#0;b", "a&#x0;b", "a&#x110000;", "a&#4294967393;b", "a&#99999999999999999999;",
        "&#xD800;", "&#;", "&#x;", "&#-1;", "&#6 5;", "&foo;", "&", "a&amp", "a & b", "&;", "\xff",
        "\xed\xa0\x80"})
    EXPECT_EQ(Parse("<a>" + std::string(bad) + "</a>").code(), Code::kInvalidRequest) << bad;
  for (std::string bad : {"<a>x~y</a>", "<a><![CDATA[x~y]]></a>", "<a b='~'/>", "<a/>~"}) {
    std::replace(bad.begin(), bad.end(), '~', '\0');
    EXPECT_EQ(Parse(bad).code(), Code::kInvalidRequest) << bad;
  }
}

TEST(XmlReader, ResolvesReferences) {
  const auto text = [](const std::string& inner) {
    const auto document = Parse("<a>" + inner + "</a>");
    return document.ok() ? document->root().text() : "!" + std::string(document.status().message());
  };
  EXPECT_EQ(text("&lt;&gt;&amp;&apos;&quot;"), "<>&'\"");
  EXPECT_EQ(text("&amp;lt;"), "&lt;") << "once";
  EXPECT_EQ(text("&#xA;&#13;\r\n"), "\n\r\n") << "only a line break as such is made plain";
  EXPECT_EQ(text("&#228;&#x1F600;&#1;"), "\xc3\xa4\xf0\x9f\x98\x80\x01");
  EXPECT_EQ(text("<![CDATA[&lt;&#0;]]>"), "&lt;&#0;");
}

TEST(XmlReader, IsUtf8Only) {
  for (const std::string_view name : {"UTF-8", "utf-8"})
    EXPECT_TRUE(Parse("<?xml version='1.0' encoding='" + std::string(name) + "'?><a/>").ok());
  EXPECT_TRUE(Parse("\xef\xbb\xbf<a/>").ok()) << "with a byte order mark";
  EXPECT_EQ(Parse("<?xml version='1.0' encoding='ISO-8859-1'?><a/>").code(), Code::kInvalidRequest);
  EXPECT_EQ(Parse(std::string("\xff\xfe<\0a\0/\0>\0", 10)).code(), Code::kInvalidRequest);
}

TEST(XmlReader, HasLimits) {
  std::string deep, wide = "<a>";
  for (int i = 0; i < kXmlDepthMax + 1; ++i) deep += "<a>";
  for (int i = 0; i < kXmlDepthMax + 1; ++i) deep += "</a>";
  EXPECT_EQ(Parse(deep).code(), Code::kInvalidRequest);
  std::string endless;
  for (int i = 0; i < 100'000; ++i) endless += "<a>";
  EXPECT_EQ(Parse(endless).code(), Code::kInvalidRequest);
  for (size_t i = 0; i < kXmlTagsMax; ++i) wide += "<b/>";
  EXPECT_EQ(Parse(wide + "</a>").code(), Code::kInvalidRequest);
}

}  // namespace
}  // namespace tarn
