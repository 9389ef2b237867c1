#include "codec/xml_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <pugixml.hpp>

#include "codec/utf8.h"

namespace tarn {
namespace {

Status Malformed(std::string_view why) {
  return {Code::kInvalidRequest, "malformed XML: " + std::string(why)};
}

pugi::xml_node NodeOf(void* node) {
  return pugi::xml_node(static_cast<pugi::xml_node_struct*>(node));
}

/// The character that "&reference;" stands for. Control characters are let through, since keys have
/// them, but no NUL: it would end a text early.
std::optional<uint32_t> CharacterOf(std::string_view reference) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNames = {
      {{"lt", '<'}, {"gt", '>'}, {"amp", '&'}, {"apos", '\''}, {"quot", '"'}}};
  for (const auto& [name, character] : kNames)
    if (reference == name) return static_cast<uint32_t>(character);
  if (!reference.starts_with('#')) return std::nullopt;
  reference.remove_prefix(1);
  const int base = reference.starts_with('x') ? 16 : 10;
  if (base == 16) reference.remove_prefix(1);
  uint32_t value = 0;
  const char* const end = reference.data() + reference.size();
  const auto [stop, error] = std::from_chars(reference.data(), end, value, base);
  const bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (error != std::errc() || stop != end || value == 0 || value > 0x10FFFF || is_surrogate)
    return std::nullopt;
  return value;
}

/// A text as it stands in a document, its references resolved; nothing if one is none.
std::optional<std::string> Resolved(std::string_view raw) {
  std::string text;
  for (size_t mark = raw.find('&'); mark != std::string_view::npos; mark = raw.find('&')) {
    const size_t end = raw.find(';', mark);
    if (end == std::string_view::npos) return std::nullopt;
    const auto character = CharacterOf(raw.substr(mark + 1, end - mark - 1));
    if (!character) return std::nullopt;
    text.append(raw.substr(0, mark));
    AppendRune(&text, *character);
    raw.remove_prefix(end + 1);
  }
  text.append(raw);
  return text;
}

/// "encoding" of the XML declaration, if any; the only one that is read here is UTF-8.
bool IsUtf8Declared(const pugi::xml_document& document) {
  for (const pugi::xml_node node : document.children()) {
    if (node.type() != pugi::node_declaration) continue;
    std::string encoding = node.attribute("encoding").value();
    for (char& c : encoding)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (!encoding.empty() && encoding != "utf-8") return false;
  }
  return true;
}

/// Looks for elements that nest too deep and for texts that say nothing.
class ContentCheck : public pugi::xml_tree_walker {
 public:
  bool for_each(pugi::xml_node& node) override {
    if (depth() >= kXmlDepthMax) {
      problem_ = "nested too deep";
    } else if (node.type() == pugi::node_doctype) {
      problem_ = "a DOCTYPE is not allowed";
    } else if (node.type() == pugi::node_pcdata && !Resolved(node.value())) {
      problem_ = "an entity or character reference that is none";
    }
    return problem_.empty();
  }
  std::string_view problem() const { return problem_; }

 private:
  std::string_view problem_;
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
  if (!IsValidUtf8(text) || text.find('\0') != std::string_view::npos)
    return Malformed("not UTF-8, or with a NUL");
  auto tree = std::make_unique<Tree>();
  // References stay as they are: the library cuts a text at "&#0;" and lets unknown ones pass.
  constexpr unsigned kOptions = pugi::parse_cdata | pugi::parse_eol | pugi::parse_ws_pcdata_single |
                                pugi::parse_doctype | pugi::parse_declaration;
  const pugi::xml_parse_result parsed =
      tree->document.load_buffer(text.data(), text.size(), kOptions, pugi::encoding_utf8);
  if (!parsed) return Malformed(parsed.description());
  if (!IsUtf8Declared(tree->document)) return Malformed("its encoding is not UTF-8");
  ContentCheck check;
  if (!tree->document.traverse(check)) return Malformed(check.problem());
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
  for (const pugi::xml_node node : NodeOf(node_).children()) {
    if (node.type() == pugi::node_cdata) {
      text += node.value();
    } else if (node.type() == pugi::node_pcdata) {
      text += Resolved(node.value()).value_or("");  // Parse has seen that it can be.
    }
  }
  return text;
}

std::string_view XmlElement::attribute(const char* name) const {
  return NodeOf(node_).attribute(name).value();
}

Status XmlElement::ForEachChild(const std::function<Status(XmlElement)>& visit) const {
  for (const pugi::xml_node node : NodeOf(node_).children())
    if (node.type() == pugi::node_element) TARN_TRY(visit(XmlElement(node.internal_object())));
  return {};
}

}  // namespace tarn
