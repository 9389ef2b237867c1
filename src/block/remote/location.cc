#include "block/remote/location.h"

#include <algorithm>
#include <utility>

#include "codec/url.h"

namespace tarn::block::remote {
namespace {

Status WrongType(StorageType type) {
  return {Code::kInvalidAddress,
          "expected storage type " + std::string(SchemeOf(type)) + ": invalid address"};
}

Result<QualifiedKey> ResolveOf(StorageType type, const ObjectPointer& object) {
  TARN_TRY(CheckPlainText(object.address));
  TARN_TRY(CheckPlainText(object.storage_namespace));
  TARN_TRY_ASSIGN(QualifiedKey key, Resolve(object));
  if (key.type != type || key.storage_namespace.empty() || key.storage_namespace.front() == '/') {
    return WrongType(type);
  }
  return key;
}

Location Join(const QualifiedKey& key) {
  const std::string& name = key.storage_namespace;
  const size_t slash = std::min(name.find('/'), name.size());
  Location location{name.substr(0, slash), {}};
  if (slash + 1 < name.size()) location.key = name.substr(slash + 1) + "/";
  location.key += key.key;
  return location;
}

}  // namespace

bool LeadsUp(std::string_view address) {
  for (size_t begin = 0; begin <= address.size();) {
    const size_t end = std::min(address.find('/', begin), address.size());
    if (address.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
}

Result<Location> LocationOf(StorageType type, const ObjectPointer& object) {
  TARN_TRY_ASSIGN(const QualifiedKey key, ResolveOf(type, object));
  if (key.key.empty() || (object.type == AddressType::kRelative && LeadsUp(key.key))) {
    return Status(Code::kAddressBlocked, FormatUri(key) + ": bad path traversal blocked");
  }
  return Join(key);
}

Result<Location> LocationOfNamespace(StorageType type, std::string_view storage_namespace) {
  TARN_TRY_ASSIGN(const QualifiedKey key, ResolveOf(type, {storage_namespace, ""}));
  return Join(key);
}

Result<Location> LocationOfSource(StorageType type, std::string_view source_uri) {
  TARN_TRY(CheckPlainText(source_uri));
  auto uri = ParseRequestUri(source_uri);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse storage URI <nil>: " + std::string(uri.status().message()));
  }
  TARN_TRY_ASSIGN(const StorageType found, StorageTypeOf(uri->scheme));
  if (found != type || uri->host.empty()) {
    return WrongType(type);
  }
  const size_t begin = std::min(uri->raw_path.find_first_not_of('/'), uri->raw_path.size());
  return Location{std::move(uri->host), uri->raw_path.substr(begin)};
}

std::string UriOf(StorageType type, const Location& location) {
  return std::string(SchemeOf(type)) + "://" + location.bucket + "/" + location.key;
}

Result<std::string> Locate(StorageType type, const ObjectPointer& object) {
  if (!object.address.empty()) {
    TARN_TRY_ASSIGN(const Location location, LocationOf(type, object));
    return UriOf(type, location);
  }
  TARN_TRY_ASSIGN(const Location location, LocationOfNamespace(type, object.storage_namespace));
  std::string place = UriOf(type, location);
  while (place.ends_with('/')) place.pop_back();
  return place;
}

std::string TextOf(const Place& place) {
  std::string text(place.bucket);
  if (!place.key.empty()) text.append("/").append(place.key);
  return text;
}

}  // namespace tarn::block::remote
