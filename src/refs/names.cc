#include "refs/names.h"

#include <algorithm>
#include <array>
#include <string>

#include "codec/utf8.h"

namespace tarn::refs {
namespace {

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool IsRepositoryStart(char c) { return IsLower(c) || IsDigit(c); }
constexpr bool IsRepositoryRest(char c) { return IsRepositoryStart(c) || c == '-'; }
constexpr bool IsBranchStart(char c) { return IsLower(c) || IsUpper(c) || IsDigit(c) || c == '_'; }
constexpr bool IsBranchRest(char c) { return IsBranchStart(c) || c == '-'; }
constexpr bool IsSpace(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}
constexpr bool IsForbiddenInTag(char c) {
  // Also control characters and space; bytes of multi-byte characters are above.
  return static_cast<unsigned char>(c) <= 0x20 ||
         std::string_view("/^:?*[\\").find(c) != std::string_view::npos;
}

Status Refuse(std::string_view argument, std::string_view reason, Code code = Code::kInvalidValue) {
  return Status(code, "argument " + std::string(argument) + ": " + std::string(reason));
}

constexpr std::string_view kRequired = "required value: validation error";

bool IsRepositoryId(std::string_view id) {
  return id.size() >= 3 && id.size() <= 63 && IsRepositoryStart(id.front()) &&
         std::all_of(id.begin(), id.end(), IsRepositoryRest);
}

bool IsBranchId(std::string_view id) {
  return IsBranchStart(id.front()) && std::all_of(id.begin(), id.end(), IsBranchRest);
}

// The rules of git for the last part of a reference name.
bool IsTagId(std::string_view id) {
  return id != "@" && !id.ends_with('.') && !id.ends_with(".lock") &&
         id.find("..") == std::string_view::npos && id.find("@{") == std::string_view::npos &&
         std::none_of(id.begin(), id.end(), IsForbiddenInTag);
}

}  // namespace

Status CheckRepositoryId(std::string_view argument, const RepositoryId& id) {
  if (id.empty()) return Refuse(argument, kRequired);
  if (IsRepositoryId(id.view())) return Status();
  return Refuse(argument, "repository id: invalid value: validation error");
}

Status CheckBranchId(std::string_view argument, const BranchId& id) {
  if (id.empty()) return Refuse(argument, kRequired);
  if (IsBranchId(id.view())) return Status();
  return Refuse(argument, "branch id: invalid value: validation error");
}

Status CheckTagId(std::string_view argument, const TagId& id) {
  if (id.empty()) return Refuse(argument, kRequired);
  if (IsTagId(id.view())) return Status();
  return Refuse(argument, "tag id: invalid value: validation error");
}

Status CheckRef(std::string_view argument, std::string_view ref) {
  if (ref.empty()) return Refuse(argument, kRequired);
  if (std::none_of(ref.begin(), ref.end(), IsSpace)) return Status();
  return Refuse(argument, "ref: invalid value: validation error");
}

Status CheckPath(std::string_view argument, std::string_view path) {
  if (path.empty()) {
    return Refuse(argument, "missing path: required value: validation error", Code::kPathRequired);
  }
  if (path.size() <= kPathBytesMax) return Status();
  return Refuse(argument, "invalid value: validation error: " + std::to_string(path.size()) +
                              " is above maximum length (" + std::to_string(kPathBytesMax) + ")");
}

Status CheckNewPath(std::string_view argument, std::string_view path) {
  TARN_TRY(CheckPath(argument, path));
  if (IsValidUtf8(path)) return Status();
  return Refuse(argument, "invalid value: validation error: not valid UTF-8",
                Code::kInvalidRequest);
}

}  // namespace tarn::refs
