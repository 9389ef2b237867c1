// Module `path`.
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

constexpr std::string_view kSeparator = "/";

Status DefaultSeparator(Call& call) {
  call.ReturnText(kSeparator);
  return {};
}

/// parse(path[, separator]): of a separator of several bytes only one counts where something is cut
/// off or kept, as in the reference.
Status Parse(Call& call) {
  TARN_TRY_ASSIGN(std::string_view path, call.Text(1));
  std::string_view separator = kSeparator;
  if (call.Has(2)) {
    TARN_TRY_ASSIGN(separator, call.Text(2));
  }
  if (!path.empty() && path.ends_with(separator)) path.remove_suffix(1);
  const size_t last = path.rfind(separator);
  const size_t begin = last == std::string_view::npos ? 0 : std::min(last + 1, path.size());
  Json::Object parts;
  parts.emplace_back("parent", Json(path.substr(0, begin)));
  parts.emplace_back("base_name", Json(path.substr(begin)));
  call.Return(Json(std::move(parts)));
  return {};
}

/// join(separator, ...): one separator at a border counts for the one that is put there.
Status Join(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view separator, call.Text(1));
  std::string path;
  for (int i = 2; i <= call.count(); ++i) {
    if (!call.IsText(i)) return {Code::kInvalidValue, "invalid type, string expected"};
    TARN_TRY_ASSIGN(std::string_view part, call.Text(i));
    if (i > 2 && part.starts_with(separator)) part.remove_prefix(separator.size());
    if (i < call.count() && part.ends_with(separator)) part.remove_suffix(separator.size());
    if (i > 2) path += separator;
    path += part;
    TARN_TRY(call.Allow(path.size()));
  }
  call.Return(std::move(path));
  return {};
}

Status IsHidden(Call& call) {
  TARN_TRY_ASSIGN(std::string_view path, call.Text(1));
  TARN_TRY_ASSIGN(const std::string_view separator, call.TextOr(2, kSeparator));
  TARN_TRY_ASSIGN(const std::string_view prefix, call.TextOr(3, "_"));
  bool is_hidden = false;
  for (;;) {
    is_hidden = is_hidden || path.starts_with(prefix);
    const size_t end = separator.empty() ? std::string_view::npos : path.find(separator);
    if (end == std::string_view::npos) break;
    path.remove_prefix(end + separator.size());
  }
  call.Return(is_hidden);
  return {};
}

/// A path without empty components, "." and ".." where that can be.
std::string Clean(std::string_view path) {
  const bool is_rooted = path.starts_with('/');
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!is_rooted) {
      parts.push_back(part);
    }
  }
  std::string out = is_rooted ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) out.append(i > 0 ? "/" : "").append(parts[i]);
  return out.empty() ? "." : out;
}

Status ExtractDirName(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view path, call.Text(1));
  const size_t last = path.rfind('/');
  call.Return(Clean(path.substr(0, last == std::string_view::npos ? 0 : last + 1)));
  return {};
}

constexpr Function kFunctions[] = {
    {"default_separator", Native<DefaultSeparator>},
    {"extract_dir_name", Native<ExtractDirName>},
    {"is_hidden", Native<IsHidden>},
    {"join", Native<Join>},
    {"parse", Native<Parse>},
};

}  // namespace

std::span<const Function> PathModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
