#include "block/address.h"

#include <array>

#include "codec/url.h"

namespace tarn::block {
namespace {

struct SchemeRow {
  std::string_view scheme;
  StorageType type;
};
constexpr std::array<SchemeRow, 7> kSchemes = {{
    {"s3", StorageType::kS3},
    {"gs", StorageType::kGs},
    {"http", StorageType::kAzure},
    {"https", StorageType::kAzure},
    {"local", StorageType::kLocal},
    {"mem", StorageType::kMem},
    {"memory", StorageType::kMem},
}};
constexpr std::array<std::string_view, 5> kPrintedSchemes = {"s3", "gs", "https", "local", "mem"};
constexpr std::array<std::string_view, 5> kTypeNames = {"s3", "gs", "azure", "local", "mem"};

Result<QualifiedKey> ResolveRelative(const ObjectPointer& object) {
  auto uri = ParseRequestUri(object.storage_namespace);
  const std::string name(object.storage_namespace);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress, "default namespace " + name + ": invalid address");
  }
  auto type = StorageTypeOf(uri->scheme);
  if (!type.ok()) {
    return std::move(type).status().Prefixed("no storage type for " + name + ": ");
  }
  QualifiedKey key;
  key.type = *type;
  key.storage_namespace = uri->host + uri->raw_path;
  if (key.storage_namespace.ends_with('/')) key.storage_namespace.pop_back();
  key.key = std::string(object.address);
  return key;
}

Result<QualifiedKey> ResolveFull(const ObjectPointer& object) {
  auto uri = ParseRequestUri(object.address);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse URI: " + std::string(uri.status().message()));
  }
  QualifiedKey key;
  TARN_TRY_ASSIGN(key.type, StorageTypeOf(uri->scheme));
  key.storage_namespace = std::move(uri->host);
  key.key = std::move(uri->raw_path);
  if (key.key.starts_with('/')) key.key.erase(0, 1);
  return key;
}

}  // namespace

Result<StorageType> StorageTypeOf(std::string_view scheme) {
  for (const SchemeRow& row : kSchemes) {
    if (row.scheme == scheme) return row.type;
  }
  return Status(Code::kInvalidAddress,
                "invalid storage scheme " + std::string(scheme) + ": invalid address");
}

std::string_view SchemeOf(StorageType type) { return kPrintedSchemes[static_cast<size_t>(type)]; }
std::string_view StoreTypeName(StorageType type) { return kTypeNames[static_cast<size_t>(type)]; }

Result<QualifiedKey> Resolve(const ObjectPointer& object) {
  if (object.type == AddressType::kRelative) return ResolveRelative(object);
  auto full = ResolveFull(object);
  if (full.ok() || object.type == AddressType::kFull) return full;
  return ResolveRelative(object);
}

std::string FormatUri(const QualifiedKey& key) {
  std::string_view name = key.storage_namespace;
  while (name.starts_with('/')) name.remove_prefix(1);
  while (name.ends_with('/')) name.remove_suffix(1);
  std::string out(SchemeOf(key.type));
  out += "://";
  if (name.empty()) return out + std::string(key.key, key.key.starts_with('/') ? 1 : 0);
  out += name;
  out += '/';
  return out + key.key;
}

bool IsCleanPath(std::string_view path) {
  if (!path.starts_with('/') || (path.size() > 1 && path.ends_with('/'))) return false;
  for (size_t i = 0; i + 1 < path.size(); ++i) {
    if (path[i] == '/' && (path[i + 1] == '/' || path[i + 1] == '.')) return false;
  }
  return true;
}

std::string CleanPath(std::string_view path) {
  if (IsCleanPath(path)) return std::string(path);
  const bool rooted = path.starts_with('/');
  std::string out(rooted ? "/" : "");
  const size_t base = out.size();
  size_t kept_up = base;  // what lies before may not be removed by "..": leading ".." elements
  for (size_t i = 0; i <= path.size();) {
    const size_t end = std::min(path.find('/', i), path.size());
    const std::string_view element = path.substr(i, end - i);
    i = end + 1;
    if (element.empty() || element == ".") continue;
    if (element != "..") {
      if (out.size() > base) out += '/';
      out += element;
    } else if (out.size() > kept_up) {
      const size_t slash = out.rfind('/');
      out.resize(slash == std::string::npos || slash < kept_up ? kept_up : slash);
    } else if (!rooted) {
      out += out.empty() ? ".." : "/..";
      kept_up = out.size();
    }
  }
  return out.empty() ? "." : out;
}

bool IsWithin(std::string_view place, std::string_view folder) {
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return place.starts_with(folder) &&
         (place.size() == folder.size() || place[folder.size()] == '/');
}

Status CheckPlainText(std::string_view address) {
  if (address.find('\0') == std::string_view::npos) return {};
  return {Code::kInvalidAddress, "address holds a zero byte: invalid address"};
}

}  // namespace tarn::block
