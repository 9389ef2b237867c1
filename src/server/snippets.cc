#include "server/snippets.h"

#include <yaml-cpp/yaml.h>

namespace tarn::server {

Result<std::vector<webui::Snippet>> ReadSnippets(const std::string& text) {
  std::vector<webui::Snippet> snippets;
  try {
    for (const auto& item : YAML::Load(text))
      snippets.push_back({item["id"].as<std::string>(), item["code"].as<std::string>()});
  } catch (const YAML::Exception&) {
    return Status(Code::kInvalidValue,
                  "bad configuration: ui.snippets must be a list of {id, code}");
  }
  return snippets;
}

}  // namespace tarn::server
