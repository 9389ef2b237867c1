#include "server/settings_file.h"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "fmt/format.h"
#include "fmt/ranges.h"

namespace tarn::server {
namespace {

using Values = std::map<std::string, RawValue>;

std::string LowerCase(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// Collects one document; throws YAML::Exception like the library it walks with.
class Collector {
 public:
  explicit Collector(Values* values) : values_(*values) {}

  void Section(const YAML::Node& node, const std::string& prefix) {
    for (const auto& member : node) {
      const std::string name = prefix + LowerCase(member.first.as<std::string>());
      const KeySpec* key = FindKey(name);
      if (key != nullptr) {
        values_[name] = Value(*key, member.second);
      } else if (member.second.IsMap()) {
        Section(member.second, name + ".");
      } else if (!member.second.IsNull() || !IsSection(name)) {
        unknown_.push_back(name);
      }
    }
  }
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  static bool IsSection(const std::string& name) {
    for (const KeySpec& key : AllKeys()) {
      if (key.name.starts_with(name + ".")) return true;
    }
    return false;
  }

  static RawValue Value(const KeySpec& key, const YAML::Node& node) {
    if (key.type == KeyType::kJson) return {YAML::Dump(node)};
    if (node.IsSequence()) {
      std::vector<std::string> list;
      for (const auto& item : node) list.push_back(item.as<std::string>());
      return {std::move(list)};
    }
    if (node.IsMap()) {
      std::map<std::string, std::string> map;
      for (const auto& member : node) {
        map[member.first.as<std::string>()] = member.second.as<std::string>();
      }
      return {std::move(map)};
    }
    return {node.IsNull() ? std::string() : node.as<std::string>()};
  }

  Values& values_;
  std::vector<std::string> unknown_;
};

}  // namespace

Result<Values> ParseConfig(std::string_view text, std::string_view name) {
  Values values;
  try {
    const YAML::Node document = YAML::Load(std::string(text));
    if (document.IsNull()) return values;
    if (!document.IsMap()) {
      return Status(Code::kInvalidValue,
                    fmt::format("bad configuration: {} does not hold settings", name));
    }
    Collector collector(&values);
    collector.Section(document, "");
    if (!collector.unknown().empty()) {
      return Status(Code::kInvalidValue, fmt::format("bad configuration: {} has invalid keys: {}",
                                                     name, fmt::join(collector.unknown(), ", ")));
    }
  } catch (const YAML::Exception& error) {
    return Status(Code::kInvalidValue,
                  fmt::format("bad configuration: {}: {}", name, error.what()));
  }
  return values;
}

Result<Values> ReadConfigFile(const std::string& path) {
  std::string text(kConfigFileBytesMax + 1, '\0');
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (file.is_open()) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad() || errno == EISDIR) {
    return Status(Code::kInvalidValue, fmt::format("Failed to find a config file: open {}: {}",
                                                   path, std::strerror(errno)));
  }
  text.resize(static_cast<size_t>(file.gcount()));
  if (text.size() > kConfigFileBytesMax) {
    return Status(Code::kInvalidValue,
                  fmt::format("bad configuration: {} is over {} bytes", path, kConfigFileBytesMax));
  }
  return ParseConfig(text, path);
}

}  // namespace tarn::server
