#include "webui/asset_pack.h"

#include <charconv>
#include <optional>
#include <utility>
#include <vector>

namespace tarn::webui {
namespace {

constexpr std::string_view kFirstLine = "tarn-webui 1";
constexpr size_t kFieldCount = 3 + kCodingCount;

Status Damaged() { return {Code::kInvalidValue, "the packed web interface is damaged"}; }

/// What stands before the next `end`, which is taken too; nothing if there is none.
std::optional<std::string_view> Take(std::string_view* rest, char end) {
  const size_t at = rest->find(end);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest->substr(0, at);
  rest->remove_prefix(at + 1);
  return taken;
}

std::optional<size_t> Number(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (const auto field = Take(&line, ' ')) fields.push_back(*field);
  fields.push_back(line);
  return fields;
}

}  // namespace

Result<AssetPack> AssetPack::Read(std::string_view bytes) {
  AssetPack pack;
  if (bytes.empty()) return pack;
  if (Take(&bytes, '\n') != kFirstLine) return Damaged();
  std::vector<std::pair<Asset*, std::array<size_t, kCodingCount>>> lengths;
  while (true) {
    const auto line = Take(&bytes, '\n');
    if (!line) return Damaged();
    if (line->empty()) break;
    const auto fields = Fields(*line);
    if (fields.size() != kFieldCount) return Damaged();
    const auto [added, is_new] = pack.assets_.emplace(fields[0], Asset{fields[1], fields[2], {}});
    if (!is_new) return Damaged();
    auto& [asset, forms] = lengths.emplace_back(&added->second, std::array<size_t, kCodingCount>{});
    for (size_t i = 0; i < kCodingCount; ++i) {
      const auto length = Number(fields[3 + i]);
      if (!length) return Damaged();
      forms[i] = *length;
    }
  }
  for (const auto& [asset, forms] : lengths) {
    for (size_t i = 0; i < kCodingCount; ++i) {
      if (forms[i] > bytes.size()) return Damaged();
      asset->forms[i] = bytes.substr(0, forms[i]);
      bytes.remove_prefix(forms[i]);
    }
  }
  if (!bytes.empty()) return Damaged();
  return pack;
}

const Asset* AssetPack::Find(std::string_view name) const {
  const auto found = assets_.find(name);
  return found == assets_.end() ? nullptr : &found->second;
}

}  // namespace tarn::webui
