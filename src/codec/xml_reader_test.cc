#include "codec/xml_reader.h"

#include <gtest/gtest.h>

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
  for (const std::string_view bad :
       {"", "text", "<a>", "<a></b>", "<a", "</a>", "<a b></a>", "<?xml version=\"1.0\"?>"})
    EXPECT_EQ(Parse(bad).code(), Code::kInvalidRequest) << bad;
}

TEST(XmlReader, ExpandsNoEntities) {
  EXPECT_EQ(Parse("<!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>").code(), Code::kInvalidRequest);
  EXPECT_EQ(Parse("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>").code(), Code::kInvalidRequest);
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
