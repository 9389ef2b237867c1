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

bool IsPlainHostByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

/// True for a URI whose path is shown as it stands: nothing to decode, to cut off or to refuse.
bool IsPlainUri(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return false;
  uri.remove_prefix(kScheme.size());
  const size_t slash = std::min(uri.find('/'), uri.size());
  return std::all_of(uri.begin(), uri.begin() + static_cast<ptrdiff_t>(slash), IsPlainHostByte) &&
         std::none_of(uri.begin() + static_cast<ptrdiff_t>(slash), uri.end(), [](char c) {
           return static_cast<uint8_t>(c) < 0x20 || c == '%' || c == '?' || c == 0x7f;
         });
}

/// A stray '%' (and what else no URI may hold) is shown as it is; the reference cannot list it.
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

Status LocalPaths::CheckAbsolute(std::string_view path) const {
  if (!path.starts_with('/') || CleanPath(path) != path) return Blocked("");
  // Text prefixes without a border at '/', as the reference compares them.
  const auto allows = [&](const std::string& prefix) { return path.starts_with(prefix); };
  if (path.starts_with(root_) || std::any_of(allowed_.begin(), allowed_.end(), allows)) return {};
  return {Code::kForbidden, "forbidden"};
}

Result<FilePath> LocalPaths::ResolveAbsolute(std::string_view path) const {
  TARN_TRY(CheckAbsolute(path));
  if (!IsBelow(path, root_)) return FilePath{std::string(path), false, true};
  const std::string_view relative = RelativeTo(path, root_);
  if (IsPrivate(relative)) return Blocked("");
  return FilePath{std::string(relative), true, true};
}

Result<FilePath> LocalPaths::Resolve(const ObjectPointer& object) const {
  TARN_TRY(CheckPlainText(object.address));
  TARN_TRY(CheckPlainText(object.storage_namespace));
  if (object.address.starts_with(kScheme)) return ResolveAbsolute(TextAfterScheme(object.address));
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
  return FilePath{std::string(relative), true};
}

Result<std::string> LocalPaths::ResolveForWrite(const ObjectPointer& object) const {
  TARN_TRY_ASSIGN(FilePath file, Resolve(object));
  if (!file.below_root) {
    return Status(Code::kForbidden, file.path + ": path provided is not writable");
  }
  return std::move(file.path);
}

Result<std::string> LocalPaths::ResolveSource(std::string_view source_uri) const {
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
  TARN_TRY(CheckAbsolute(path));
  return path;
}

Result<std::string> LocalPaths::Format(const ObjectPointer& object) const {
  const bool full = object.type == AddressType::kFull;
  if (object.type == AddressType::kRelative && IsPlainUri(object.storage_namespace)) {
    return Show("local", TextAfterScheme(object.storage_namespace), object.address);
  }
  if (full && IsPlainUri(object.address)) return Show("local", TextAfterScheme(object.address), {});
  if (auto key = block::Resolve(object); key.ok()) {
    return Show(SchemeOf(key->type), key->storage_namespace, key->key);
  } else if (!full || !object.address.starts_with(kScheme)) {
    return std::move(key).status();
  }
  return Show("local", TextAfterScheme(object.address), {});
}

std::string LocalPaths::Show(std::string_view scheme, std::string_view name,
                             std::string_view key) const {
  constexpr std::string_view kSeparator = "://";
  std::string shown;
  shown.reserve(scheme.size() + kSeparator.size() + root_.size() + name.size() + key.size() + 2);
  shown.append(scheme).append(kSeparator).append(root_).append("/").append(name);
  if (!key.empty()) shown.append("/").append(key);
  const std::string_view path = std::string_view(shown).substr(scheme.size() + kSeparator.size());
  // The root is clean already.
  if (root_.size() > 1 && IsCleanPath(path.substr(root_.size()))) return shown;
  std::string clean = CleanPath(path);
  return std::string(scheme).append(kSeparator).append(clean);
}

}  // namespace tarn::block
