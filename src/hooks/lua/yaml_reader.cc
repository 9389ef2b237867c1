#include <yaml-cpp/yaml.h>

#include <cctype>
#include <map>

#include "codec/base64.h"
#include "hooks/lua/yaml_document.h"
#include "hooks/lua/yaml_scalar.h"

namespace tarn::hooks::lua {
namespace {

constexpr int kDepthMax = 200;
/// About what a value takes as a document, and as a node of the library.
constexpr size_t kValueBytes = 64, kNodeBytes = 32;

Status Wrong(const std::string& what) { return {Code::kInvalidValue, "yaml: " + what}; }

/// True if some line begins or ends a document.
bool HasDocumentMark(std::string_view text) {
  for (const char* const mark : {"---", "..."}) {
    if (text.starts_with(mark) || text.find("\n" + std::string(mark)) != std::string_view::npos) {
      return true;
    }
  }
  return false;
}

class Reader {
 public:
  explicit Reader(size_t bytes_max) : bytes_left_(bytes_max) {}

  Result<Json> Read(const YAML::Node& node, int depth) {
    if (depth > kDepthMax) return Wrong("exceeded max depth");
    TARN_TRY(Take(node.IsScalar() ? node.Scalar().size() : 0));
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return Scalar(node);
      case YAML::NodeType::Sequence:
        return Sequence(node, depth);
      case YAML::NodeType::Map:
        return Map(node, depth);
      default:
        return Json();
    }
  }

 private:
  Status Take(size_t bytes) {
    if (bytes + kValueBytes > bytes_left_) return {Code::kTooLarge, "yaml: not enough memory"};
    bytes_left_ -= bytes + kValueBytes;
    return {};
  }

  Result<Json> Scalar(const YAML::Node& node) {
    const std::string& tag = node.Tag();
    if (tag == "?") return ResolvePlainScalar(node.Scalar());
    if (tag == "tag:yaml.org,2002:binary") {
      auto bytes = DecodeBase64(node.Scalar());
      if (!bytes) return Wrong("!!binary value contains invalid base64 data");
      return Json(*std::move(bytes));
    }
    if (tag.starts_with("tag:yaml.org,2002:") && tag != "tag:yaml.org,2002:str") {
      return ResolvePlainScalar(node.Scalar());
    }
    return Json(node.Scalar());
  }

  Result<Json> Sequence(const YAML::Node& node, int depth) {
    Json::Array items;
    for (const auto& item : node) {
      TARN_TRY_ASSIGN(Json value, Read(item, depth + 1));
      items.push_back(std::move(value));
    }
    return Json(std::move(items));
  }

  /// Members of a map; those that come by "<<" only where the map has none of that name itself.
  Result<Json> Map(const YAML::Node& node, int depth) {
    std::map<std::string, Json> own, merged;
    std::map<std::string, int> lines;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return Wrong("invalid map key");
      const std::string& name = entry.first.Scalar();
      TARN_TRY(Take(name.size()));
      TARN_TRY_ASSIGN(Json value, Read(entry.second, depth + 1));
      if (name == "<<" && entry.first.Tag() == "?") {
        TARN_TRY(Merge(std::move(value), &merged));
        continue;
      }
      const int line = entry.first.Mark().line + 1;
      if (!own.emplace(name, std::move(value)).second) {
        return Wrong("unmarshal errors:\n  line " + std::to_string(line) + ": mapping key \"" +
                     name + "\" already defined at line " + std::to_string(lines[name]));
      }
      lines.emplace(name, line);
    }
    own.merge(merged);
    Json::Object members;
    for (auto& [name, value] : own) members.emplace_back(name, std::move(value));
    return Json(std::move(members));
  }

  Status Merge(Json value, std::map<std::string, Json>* merged) {
    if (value.is_array()) {
      for (Json& item : value.items()) TARN_TRY(Merge(std::move(item), merged));
      return {};
    }
    if (!value.is_object()) return Wrong("map merge requires map or sequence of maps as the value");
    for (auto& [name, member] : value.members()) merged->emplace(name, std::move(member));
    return {};
  }

  size_t bytes_left_;
};

}  // namespace

Result<Json> ReadYaml(std::string_view text, size_t bytes_max) {
  if (text.size() > bytes_max / kNodeBytes) {
    return Status(Code::kTooLarge, "yaml: document too large");
  }
  if (text.starts_with('%') && (text.size() == 1 || std::isalpha(text[1]) == 0)) {
    return Wrong("could not find expected directive name");
  }
  try {
    // All documents: a second one that nothing begins is rest of the first that makes no sense.
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return Json();
    if (documents.size() > 1 && !HasDocumentMark(text)) {
      return Wrong("line " + std::to_string(documents[1].Mark().line + 1) +
                   ": did not find expected <document start>");
    }
    return Reader(bytes_max).Read(documents[0], 0);
  } catch (const YAML::Exception& e) {
    return Wrong("line " + std::to_string(e.mark.line + 1) + ": " + e.msg);
  }
}

}  // namespace tarn::hooks::lua
