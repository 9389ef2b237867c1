#include "block/s3/location.h"

#include <algorithm>
#include <utility>

#include "block/address.h"
#include "codec/url.h"
#include "http/signature_v4.h"

namespace tarn::block::s3 {
namespace {

Result<QualifiedKey> ResolveS3(const ObjectPointer& object) {
  TARN_TRY(CheckPlainText(object.address));
  TARN_TRY(CheckPlainText(object.storage_namespace));
  TARN_TRY_ASSIGN(QualifiedKey key, Resolve(object));
  if (key.type != StorageType::kS3 || key.storage_namespace.empty() ||
      key.storage_namespace.front() == '/') {
    return Status(Code::kInvalidAddress, "expected storage type s3: invalid address");
  }
  return key;
}

/// Whether an element is "..": no key of ours has one, and servers take it for a way up.
bool LeadsUp(std::string_view address) {
  for (size_t begin = 0; begin <= address.size();) {
    const size_t end = std::min(address.find('/', begin), address.size());
    if (address.substr(begin, end - begin) == "..") return true;
    begin = end + 1;
  }
  return false;
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

Result<Location> LocationOf(const ObjectPointer& object) {
  TARN_TRY_ASSIGN(const QualifiedKey key, ResolveS3(object));
  if (key.key.empty() || (object.type == AddressType::kRelative && LeadsUp(key.key))) {
    return Status(Code::kAddressBlocked, FormatUri(key) + ": bad path traversal blocked");
  }
  return Join(key);
}

Result<Location> LocationOfNamespace(std::string_view storage_namespace) {
  TARN_TRY_ASSIGN(const QualifiedKey key, ResolveS3({storage_namespace, ""}));
  return Join(key);
}

Result<Location> LocationOfSource(std::string_view source_uri) {
  TARN_TRY(CheckPlainText(source_uri));
  auto uri = ParseRequestUri(source_uri);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse storage URI <nil>: " + std::string(uri.status().message()));
  }
  TARN_TRY_ASSIGN(const StorageType type, StorageTypeOf(uri->scheme));
  if (type != StorageType::kS3 || uri->host.empty()) {
    return Status(Code::kInvalidAddress, "expected storage type s3: invalid address");
  }
  const size_t begin = std::min(uri->raw_path.find_first_not_of('/'), uri->raw_path.size());
  return Location{std::move(uri->host), uri->raw_path.substr(begin)};
}

std::string CopySourceOf(const Location& location) {
  std::string source;
  http::AppendSignedText(&source, location.bucket + "/" + location.key, http::Slashes::kPlain);
  return source;
}

std::string UriOf(const Location& location) {
  return "s3://" + location.bucket + "/" + location.key;
}

}  // namespace tarn::block::s3
