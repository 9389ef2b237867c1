// Writes XML without indentation by appending to a string; used for every S3 answer. Level 1; one
// thread at a time.
//
// Text is escaped as the reference's encoder does: '"' "'" '&' '<' '>' as &#34; &#39; &amp; &lt;
// &gt;, tab and line breaks as &#x9; &#xA; &#xD;, and what XML 1.0 cannot hold as U+FFFD. The
// caller keeps the order of calls right: Begin/End in pairs; nothing is checked.
//
//   XmlWriter xml(&out);
//   xml.Begin("Bucket").Element("Name", name).End("Bucket");
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tarn {

/// Appends `text` with escapes.
void AppendXmlEscaped(std::string* out, std::string_view text);

class XmlWriter {
 public:
  /// `out` is borrowed; what it holds already is kept.
  explicit XmlWriter(std::string* out) : out_(*out) {}

  /// An element's name, with attributes if need be: from our own code, written as it is.
  XmlWriter& Begin(std::string_view name) {
    out_.append("<", 1).append(name).append(">", 1);
    return *this;
  }
  XmlWriter& End(std::string_view name) {
    out_.append("</", 2).append(name).append(">", 1);
    return *this;
  }
  /// An element with text; without text it is still written as a pair of tags.
  XmlWriter& Element(std::string_view name, std::string_view text) {
    Begin(name);
    AppendXmlEscaped(&out_, text);
    return End(name);
  }
  XmlWriter& Element(std::string_view name, int64_t number) {
    Begin(name);
    out_.append(std::to_string(number));
    return End(name);
  }
  XmlWriter& Flag(std::string_view name, bool value) {
    return Element(name, value ? std::string_view("true") : std::string_view("false"));
  }
  /// Text that is XML already.
  XmlWriter& Raw(std::string_view xml) {
    out_.append(xml);
    return *this;
  }

 private:
  std::string& out_;
};

}  // namespace tarn
