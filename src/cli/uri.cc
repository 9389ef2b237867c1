#include "cli/uri.h"

#include "codec/url.h"
#include "fmt/format.h"

namespace tarn::cli {
namespace {

constexpr std::string_view kScheme = "lakefs://";

Status Malformed() { return {Code::kInvalidValue, "malformed lakefs URI"}; }

Status Invalid(std::string_view label, std::string_view text, std::string_view kind) {
  return {Code::kInvalidValue, fmt::format("{} {}: not a valid {} URI", label, text, kind)};
}

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsWord(char c) { return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

bool IsRepositoryName(std::string_view name) {
  if (name.size() < 3 || name.size() > 63 || name[0] == '-') return false;
  for (const char c : name) {
    if (!IsLowerOrDigit(c) && c != '-') return false;
  }
  return true;
}

bool IsRefName(std::string_view ref) {
  return ref.find_first_of(" \t\r\n\f\v") == std::string_view::npos;
}

bool IsBranchName(std::string_view ref) {
  if (ref.empty() || !IsWord(ref[0])) return false;
  for (const char c : ref) {
    if (!IsWord(c) && c != '-') return false;
  }
  return true;
}

Result<LakeUri> ParseChecked(std::string_view label, std::string_view text, std::string_view kind) {
  auto parsed = ParseUri(text);
  if (!parsed.ok()) {
    return std::move(parsed).status().Prefixed(fmt::format("{} ", label));
  }
  if (parsed->repository.empty()) return Invalid(label, "missing repository part", kind);
  if (!IsRepositoryName(parsed->repository)) {
    return Invalid(
        label, fmt::format("contains invalid repository name (repo={})", parsed->repository), kind);
  }
  return parsed;
}

Status CheckRef(std::string_view label, const LakeUri& uri, std::string_view kind) {
  if (uri.ref.empty()) return Invalid(label, "missing reference part", kind);
  if (!IsRefName(uri.ref)) return Invalid(label, "contains invalid reference name", kind);
  return {};
}

}  // namespace

std::string LakeUri::ToString() const {
  std::string text = fmt::format("{}{}", kScheme, repository);
  if (!ref.empty()) text += "/" + ref;
  if (path) text += "/" + *path;
  return text;
}

Result<LakeUri> ParseUri(std::string_view text) {
  if (!text.starts_with(kScheme)) return Malformed();
  text.remove_prefix(kScheme.size());
  text = text.substr(0, text.find_first_of("?#"));
  const size_t host_end = text.find('/');
  const std::string_view host = text.substr(0, host_end);
  if (host.find('@') != std::string_view::npos) return Malformed();
  LakeUri uri;
  uri.repository = host.substr(0, host.find(':'));
  if (host_end == std::string_view::npos) return uri;
  const auto decoded = PathUnescape(text.substr(host_end + 1));
  if (!decoded.ok()) return Malformed();
  const size_t ref_end = decoded->find('/');
  uri.ref = decoded->substr(0, ref_end);
  if (ref_end != std::string::npos) uri.path = decoded->substr(ref_end + 1);
  return uri;
}

Result<LakeUri> ParseRepositoryUri(std::string_view label, std::string_view text) {
  TARN_TRY_ASSIGN(LakeUri uri, ParseChecked(label, text, "repo"));
  if (!uri.ref.empty()) {
    return Invalid(label, fmt::format("includes a ref part (ref={})", uri.ref), "repo");
  }
  if (uri.path)
    return Invalid(label, fmt::format("includes path part (path={})", *uri.path), "repo");
  return uri;
}

Result<LakeUri> ParseRefUri(std::string_view label, std::string_view text) {
  TARN_TRY_ASSIGN(LakeUri uri, ParseChecked(label, text, "ref"));
  TARN_TRY(CheckRef(label, uri, "ref"));
  if (uri.path && !uri.path->empty()) {
    return Invalid(label, fmt::format("includes a path part (path={})", *uri.path), "ref");
  }
  return uri;
}

Result<LakeUri> ParseBranchUri(std::string_view label, std::string_view text) {
  TARN_TRY_ASSIGN(LakeUri uri, ParseChecked(label, text, "branch"));
  TARN_TRY(CheckRef(label, uri, "branch"));
  if (!IsBranchName(uri.ref)) return Invalid(label, "contains invalid branch name", "branch");
  if (uri.path && !uri.path->empty() && *uri.path != "/") {
    return Invalid(label, "includes a path part", "branch");
  }
  return uri;
}

Result<LakeUri> ParsePathUri(std::string_view label, std::string_view text) {
  TARN_TRY_ASSIGN(LakeUri uri, ParseChecked(label, text, "path"));
  TARN_TRY(CheckRef(label, uri, "path"));
  if (!uri.path) return Invalid(label, "missing path part", "path");
  return uri;
}

}  // namespace tarn::cli
