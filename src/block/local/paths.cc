#include "block/local/paths.h"

#include <algorithm>

#include "block/address.h"
#include "codec/url.h"

namespace tarn::block {
namespace {

constexpr std::string_view kScheme = "local://";

Status Blocked(std::string_view path) {
  std::string text(path);
  if (!text.empty()) text += ": ";
  return {Code::kAddressBlocked, text + "bad path traversal blocked"};
}

bool IsBelow(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         (directory.ends_with('/') || path[directory.size()] == '/');
}

std::string_view RelativeTo(std::string_view path, std::string_view root) {
  return path.substr(root.size() + (root.ends_with('/') ? 0 : 1));
}

bool IsPrivate(std::string_view relative) {
  return relative == kPrivateDirectory || IsBelow(relative, kPrivateDirectory);
}

std::string_view TextAfterScheme(std::string_view uri) { return uri.substr(kScheme.size()); }

std::string Join(std::string_view root, std::string_view name, std::string_view key) {
  std::string joined;
  joined.reserve(root.size() + name.size() + key.size() + 2);
  joined += root;
  joined += '/';
  joined += name;
  joined += '/';
  joined += key;
  return joined;
}

}  // namespace

LocalPaths::LocalPaths(std::string root, const std::vector<std::string>& allowed_external_prefixes)
    : root_(std::move(root)) {
  for (const std::string& prefix : allowed_external_prefixes) {
    if (prefix.starts_with('/')) allowed_.push_back(CleanPath(prefix));
  }
}

Result<FilePath> LocalPaths::ResolveAbsolute(std::string_view path, WalkKind kind) const {
  if (!path.starts_with('/') || CleanPath(path) != path) return Blocked("");
  if (path == root_) return FilePath{"", ".", true};
  if (IsBelow(path, root_)) {
    const std::string_view relative = RelativeTo(path, root_);
    if (IsPrivate(relative)) return Blocked("");
    return FilePath{"", std::string(relative), true};
  }
  // The longest one: links in it were meant by who configured it.
  std::string_view base;
  for (const std::string& prefix : allowed_) {
    const bool holds = path == prefix || IsBelow(path, prefix);
    if (holds && prefix.size() > base.size()) base = prefix;
  }
  if (base.empty()) return Status(Code::kForbidden, "forbidden");
  if (path != base) return FilePath{std::string(base), std::string(RelativeTo(path, base)), true};
  if (kind == WalkKind::kPrefix || path == "/") return FilePath{std::string(base), ".", true};
  const size_t slash = path.rfind('/');
  return FilePath{std::string(path.substr(0, std::max<size_t>(slash, 1))),
                  std::string(path.substr(slash + 1)), true};
}

Result<FilePath> LocalPaths::Resolve(const ObjectPointer& object) const {
  TARN_TRY(CheckPlainText(object.address));
  TARN_TRY(CheckPlainText(object.storage_namespace));
  if (object.address.starts_with(kScheme)) {
    return ResolveAbsolute(TextAfterScheme(object.address), WalkKind::kObject);
  }
  if (!object.storage_namespace.starts_with(kScheme)) {
    return Blocked("storage namespace \"" + std::string(object.storage_namespace) + "\"");
  }
  const std::string_view name = TextAfterScheme(object.storage_namespace);
  const std::string base = CleanPath(Join(root_, name, ""));
  if (!IsBelow(base, root_)) return Blocked(base);
  const std::string path = CleanPath(Join(root_, name, object.address));
  if (path != base && !IsBelow(path, base)) return Blocked(path);
  const std::string_view relative = RelativeTo(path, root_);
  if (IsPrivate(relative)) return Blocked(path);
  return FilePath{"", std::string(relative)};
}

Result<std::string> LocalPaths::ResolveForWrite(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(FilePath file, Resolve(object));
  if (!file.below_root()) {
    return Status(Code::kForbidden,
                  file.base + "/" + file.path + ": path provided is not writable");
  }
  return std::move(file.path);
}

Result<FilePath> LocalPaths::ResolveSource(std::string_view source_uri, WalkKind kind) const {
  auto uri = ParseRequestUri(source_uri);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse storage URI <nil>: " + std::string(uri.status().message()));
  }
  TARN_TRY_ASSIGN(const StorageType type, StorageTypeOf(uri->scheme));
  if (type != StorageType::kLocal) {
    return Status(Code::kInvalidAddress, "expected storage type local: invalid address");
  }
  TARN_TRY(CheckPlainText(uri->path));
  // "local://dir/x" would name the host "dir"; only absolute paths can be sources.
  if (!uri->host.empty() || !uri->opaque.empty()) return Blocked("");
  std::string path = std::move(uri->path);
  if (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return ResolveAbsolute(path, kind);
}

Result<std::string> LocalPaths::Format(const ObjectPointer& object) const {
  // As Resolve reads them: the text tells, not the type.
  if (object.address.starts_with(kScheme)) return std::string(object.address);
  const bool local = object.storage_namespace.starts_with(kScheme);
  if (local && object.type == AddressType::kRelative) return FormatRelative(object);
  TARN_TRY_ASSIGN(const QualifiedKey key, block::Resolve(object));
  const bool full = object.type == AddressType::kFull ||
                    (object.type == AddressType::kByPrefixDeprecated &&
                     block::Resolve({{}, object.address, AddressType::kFull}).ok());
  if (full) return std::string(object.address);
  return local ? FormatRelative(object) : FormatUri(key);
}

std::string LocalPaths::FormatRelative(const ObjectPointer& object) const {
  const std::string_view name = TextAfterScheme(object.storage_namespace);
  return std::string(kScheme) + CleanPath(Join(root_, name, object.address));
}

}  // namespace tarn::block
