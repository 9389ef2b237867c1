// Reads small untrusted XML documents: elements and their text, by local names. Level 1; values.
//
// Over pugixml, whose headers stay in xml_reader.cc. It knows no entities but the five of XML and
// character references, and fetches nothing; documents with a DOCTYPE, with any other reference, or
// that are not UTF-8 are refused. Size is limited by the caller, the number of tags and the depth
// here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn {

/// Most tags of a document, opening and closing ones together: bounds the memory of reading it.
inline constexpr size_t kXmlTagsMax = 400'000;
/// Deepest nesting of elements.
inline constexpr int kXmlDepthMax = 32;

/// An element of a document, which must outlive it; cheap to copy.
class XmlElement {
 public:
  /// The name without its namespace prefix.
  std::string_view name() const;
  /// All text directly in the element, in one piece.
  std::string text() const;
  /// The value of an attribute without a namespace; empty when there is none.
  std::string_view attribute(const char* name) const;
  /// Calls `visit` for each element directly in this one, until it fails.
  Status ForEachChild(const std::function<Status(XmlElement)>& visit) const;

 private:
  friend class XmlDocument;
  explicit XmlElement(void* node) : node_(node) {}
  void* node_;
};

class XmlDocument {
 public:
  ~XmlDocument();
  XmlDocument(XmlDocument&&) noexcept;
  XmlDocument& operator=(XmlDocument&&) noexcept;

  /// Reads UTF-8. kInvalidRequest when it is not well-formed or over a limit.
  static Result<XmlDocument> Parse(std::string_view text);
  XmlElement root() const;

 private:
  struct Tree;
  explicit XmlDocument(std::unique_ptr<Tree> tree);
  std::unique_ptr<Tree> tree_;
};

}  // namespace tarn
