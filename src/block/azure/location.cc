#include "block/azure/location.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <utility>

#include "block/address.h"
#include "codec/url.h"

namespace tarn::block::azure {
namespace {

constexpr std::array<std::string_view, 4> kDomains = {
    kPublicDomain, kChinaDomain, "blob.core.usgovcloudapi.net", "azurite.test"};
/// What the reference takes for a source of imports.
constexpr const char* kSourceExpression =
    R"(^https://(?P<account>[\w]+).(?P<domain>[\w.-]+)[/:][\w\-/,]*$)";

Status NoUrl(std::string_view url) {
  return {Code::kIo, std::string(url) + ": invalid Azure storage URL"};
}

/// Whether an element is "." or "..".
bool HasDots(std::string_view path) {
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view element = path.substr(begin, end - begin);
    if (element == "." || element == "..") return true;
    begin = end + 1;
  }
  return false;
}

/// Splits a URL of the domain; of the blob everything is kept.
Result<Location> Split(std::string_view text, const Uri& uri, std::string_view domain) {
  TARN_TRY_ASSIGN(const StorageType type, StorageTypeOf(uri.scheme));
  if (type != StorageType::kAzure) {
    return Status(Code::kInvalidAddress, "expected storage type https: invalid address");
  }
  const size_t dot = uri.host.find('.');
  if (uri.scheme != "https" || dot == 0 || dot == std::string::npos) return NoUrl(text);
  if (std::string_view(uri.host).substr(dot + 1) != domain) {
    return Status(Code::kIo, std::string(text) +
                                 ": domain mismatch! expected: " + std::string(domain) +
                                 ", got: " + uri.host.substr(dot + 1) + ". invalid Azure Domain");
  }
  const size_t begin = std::min(uri.path.find_first_not_of('/'), uri.path.size());
  const size_t slash = std::min(uri.path.find('/', begin), uri.path.size());
  Location location{uri.host.substr(0, dot), uri.path.substr(begin, slash - begin), {}};
  if (slash < uri.path.size()) location.blob = uri.path.substr(slash + 1);
  if (location.container.empty() || HasDots(location.container)) return NoUrl(text);
  return location;
}

Result<Location> OfFull(std::string_view address, std::string_view domain) {
  const auto uri = ParseRequestUri(address);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse URI: " + std::string(uri.status().message()));
  }
  return Split(address, *uri, domain);
}

}  // namespace

Status CheckDomain(std::string_view domain) {
  if (std::find(kDomains.begin(), kDomains.end(), domain) != kDomains.end()) return {};
  return {Code::kInvalidValue, "invalid Azure Domain"};
}

std::string TextOf(const Place& place) {
  std::string text(place.account);
  if (!place.container.empty()) text.append("/").append(place.container);
  if (!place.blob.empty()) text.append("/").append(place.blob);
  return text;
}

Result<Location> LocationOfNamespace(std::string_view storage_namespace, std::string_view domain) {
  TARN_TRY(CheckPlainText(storage_namespace));
  const auto uri = ParseRequestUri(storage_namespace);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "default namespace " + std::string(storage_namespace) + ": invalid address");
  }
  TARN_TRY_ASSIGN(Location location, Split(storage_namespace, *uri, domain));
  while (location.blob.ends_with('/')) location.blob.pop_back();
  if (HasDots(location.blob)) {
    return Status(Code::kAddressBlocked,
                  std::string(storage_namespace) + ": bad path traversal blocked");
  }
  if (!location.blob.empty()) location.blob += '/';
  return location;
}

Result<Location> LocationOf(const ObjectPointer& object, std::string_view domain) {
  TARN_TRY(CheckPlainText(object.address));
  const auto uri = ParseRequestUri(object.address);
  const bool is_full =
      object.type == AddressType::kFull ||
      (object.type != AddressType::kRelative && uri.ok() && StorageTypeOf(uri->scheme).ok());
  Location location;
  if (is_full) {
    TARN_TRY_ASSIGN(location, OfFull(object.address, domain));
  } else {
    TARN_TRY_ASSIGN(location, LocationOfNamespace(object.storage_namespace, domain));
    location.blob += object.address;
  }
  if (location.blob.empty() || object.address.empty() || HasDots(location.blob)) {
    return Status(Code::kAddressBlocked,
                  PlaceOf(location, domain) + ": bad path traversal blocked");
  }
  return location;
}

Result<Location> LocationOfSource(std::string_view source_uri, std::string_view domain) {
  TARN_TRY(CheckPlainText(source_uri));
  const auto uri = ParseRequestUri(source_uri);
  if (!uri.ok()) {
    return Status(Code::kInvalidAddress,
                  "could not parse storage URI <nil>: " + std::string(uri.status().message()));
  }
  TARN_TRY_ASSIGN(const StorageType type, StorageTypeOf(uri->scheme));
  if (type != StorageType::kAzure) {
    return Status(Code::kInvalidAddress, "expected storage type https: invalid address");
  }
  static const re2::RE2 expression(kSourceExpression, re2::RE2::Quiet);
  const std::string url(source_uri.substr(0, source_uri.find('?')));
  std::string account, found;
  if (!re2::RE2::PartialMatch(url, expression, &account, &found)) {
    return Status(Code::kInvalidAddress, "invalid Azure storage URL");
  }
  if (found != domain) {
    return Status(Code::kInvalidAddress, "domain mismatch! expected: " + std::string(domain) +
                                             ", got: " + found + ". invalid Azure Domain");
  }
  auto location = Split(source_uri, *uri, domain);
  if (!location.ok()) return Status(Code::kInvalidAddress, "invalid Azure storage URL");
  return location;
}

std::string PlaceOf(const Location& location, std::string_view domain) {
  std::string place = "https://" + location.account + ".";
  return place.append(domain)
      .append("/")
      .append(location.container)
      .append("/")
      .append(location.blob);
}

std::string UriOf(const Location& location, std::string_view domain) {
  std::string uri = "https://" + location.account + ".";
  return uri.append(domain).append(EscapePath("/" + location.container + "/" + location.blob));
}

Result<Endpoint> EndpointOf(std::string_view account, std::string_view domain,
                            std::string_view test_url) {
  if (test_url.empty()) {
    const std::string host = std::string(account) + "." + std::string(domain);
    return Endpoint{"https://" + host, host, ""};
  }
  TARN_TRY_ASSIGN(Uri uri, ParseRequestUri(test_url));
  if ((uri.scheme != "https" && uri.scheme != "http") || uri.host.empty()) {
    return Status(Code::kInvalidValue, "endpoint of the object store is no http or https URL");
  }
  Endpoint endpoint{uri.scheme + "://" + uri.host, uri.host, std::move(uri.path)};
  while (endpoint.path.ends_with('/')) endpoint.path.pop_back();
  return endpoint;
}

}  // namespace tarn::block::azure
