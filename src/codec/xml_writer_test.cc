#include "codec/xml_writer.h"

#include <gtest/gtest.h>

namespace tarn {
namespace {

std::string Escaped(std::string_view text) {
  std::string out;
  AppendXmlEscaped(&out, text);
  return out;
}

TEST(XmlWriter, EscapesText) {
  EXPECT_EQ(Escaped(""), "");
  EXPECT_EQ(Escaped("plain text/with=signs"), "plain text/with=signs");
  EXPECT_EQ(Escaped("\"a' <b> & \t\r\n"), "&#34;a&#39; &lt;b&gt; &amp; &#x9;&#xD;&#xA;");
  EXPECT_EQ(Escaped("\xc3\xa9\xf0\x9f\x8c\x8d"), "\xc3\xa9\xf0\x9f\x8c\x8d");
  EXPECT_EQ(Escaped(std::string_view("a\0b\x1f\x7f", 5)),
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\x7f");
  EXPECT_EQ(Escaped("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd") << "bytes that are not UTF-8";
  EXPECT_EQ(Escaped("\xef\xbf\xbe"), "\xef\xbf\xbd") << "U+FFFE";
  EXPECT_EQ(Escaped("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "a surrogate";
}

TEST(XmlWriter, WritesElements) {
  std::string out;
  XmlWriter(&out)
      .Begin("A xmlns=\"x\"")
      .Element("Empty", "")
      .Element("Number", -5)
      .Flag("Yes", true)
      .Raw("<B/>")
      .End("A");
  EXPECT_EQ(out, "<A xmlns=\"x\"><Empty></Empty><Number>-5</Number><Yes>true</Yes><B/></A>");
}

}  // namespace
}  // namespace tarn
