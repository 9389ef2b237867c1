#include "codec/xml_reader.h"

#include <algorithm>
#include <pugixml.hpp>

namespace tarn {
namespace {

Status Malformed(std::string_view why) {
  return {Code::kInvalidRequest, "malformed XML: " + std::string(why)};
}

pugi::xml_node NodeOf(void* node) {
  return pugi::xml_node(static_cast<pugi::xml_node_struct*>(node));
}

/// Refuses documents that would nest too deep or need much more memory than they are long.
class LimitCheck : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node&) override { return depth() < kXmlDepthMax; }
};

}  // namespace

struct XmlDocument::Tree {
  pugi::xml_document document;
};

XmlDocument::XmlDocument(std::unique_ptr<Tree> tree) : tree_(std::move(tree)) {}
XmlDocument::~XmlDocument() = default;
XmlDocument::XmlDocument(XmlDocument&&) noexcept = default;
XmlDocument& XmlDocument::operator=(XmlDocument&&) noexcept = default;

Result<XmlDocument> XmlDocument::Parse(std::string_view text) {
  if (static_cast<size_t>(std::count(text.begin(), text.end(), '<')) > kXmlTagsMax)
    return Malformed("too many tags");
  auto tree = std::make_unique<Tree>();
  constexpr unsigned kOptions = pugi::parse_escapes | pugi::parse_cdata | pugi::parse_eol |
                                pugi::parse_ws_pcdata_single | pugi::parse_doctype;
  const pugi::xml_parse_result parsed =
      tree->document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8);
  if (!parsed) return Malformed(parsed.description());
  for (const pugi::xml_node node : tree->document.children())
    if (node.type() == pugi::node_doctype) return Malformed("a DOCTYPE is not allowed");
  LimitCheck limits;
  if (!tree->document.traverse(limits)) return Malformed("nested too deep");
  return XmlDocument(std::move(tree));
}

XmlElement XmlDocument::root() const {
  return XmlElement(tree_->document.document_element().internal_object());
}

std::string_view XmlElement::name() const {
  const std::string_view name = NodeOf(node_).name();
  const size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string XmlElement::text() const {
  std::string text;
  for (const pugi::xml_node node : NodeOf(node_).children())
    if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) text += node.value();
  return text;
}

Status XmlElement::ForEachChild(const std::function<Status(XmlElement)>& visit) const {
  for (const pugi::xml_node node : NodeOf(node_).children())
    if (node.type() == pugi::node_element) TARN_TRY(visit(XmlElement(node.internal_object())));
  return {};
}

}  // namespace tarn
