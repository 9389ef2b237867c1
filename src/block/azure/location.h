// Account, container and blob of an object, from its address, and where requests for an account go.
// Level 3; pure functions.
//
// Addresses are "https://ACCOUNT.DOMAIN/CONTAINER/BLOB". Unlike those of other stores they are
// URLs: what is escaped in a namespace or a full address names the plain character. Relative
// addresses are names as they are.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "block/object_io.h"

namespace tarn::block::azure {

inline constexpr std::string_view kPublicDomain = "blob.core.windows.net";
inline constexpr std::string_view kChinaDomain = "blob.core.chinacloudapi.cn";
/// kInvalidValue ("invalid Azure Domain") for what is no domain of a cloud.
Status CheckDomain(std::string_view domain);

/// One blob or, without its name, a container or an account. Borrowed.
struct Place {
  std::string_view account, container, blob = {};
};
/// "account/container/blob", for messages.
std::string TextOf(const Place& place);

struct Location {
  std::string account, container, blob;
  Place place() const { return {account, container, blob}; }
};

/// kInvalidAddress for what is no address of Azure, kIo for one of another domain, in clear text or
/// without a container (the reference does not take those for invalid addresses either),
/// kAddressBlocked for an empty name, and for elements "." and "..", which servers take away.
Result<Location> LocationOf(const ObjectPointer& object, std::string_view domain);
/// The container of a namespace, and what its blobs begin with: empty, or ends with '/'.
Result<Location> LocationOfNamespace(std::string_view storage_namespace, std::string_view domain);
/// What the blobs of an import source begin with. kInvalidAddress, with the reference's texts.
Result<Location> LocationOfSource(std::string_view source_uri, std::string_view domain);

/// "https://account.domain/container/blob", as the place of an object.
std::string PlaceOf(const Location& location, std::string_view domain);
/// The same, escaped: the address of an imported object.
std::string UriOf(const Location& location, std::string_view domain);

/// Where requests for an account go.
struct Endpoint {
  std::string server;  ///< "https://host:port"
  std::string host;    ///< Of the Host header.
  std::string path;    ///< Before the container, not escaped: empty, or begins with '/'.
  bool is_tls() const { return server.starts_with("https:"); }
};
/// That of the account in the domain or, if it is not empty, `test_url`: of an emulator, which has
/// the account in its path. kInvalidValue for a URL that is none.
Result<Endpoint> EndpointOf(std::string_view account, std::string_view domain,
                            std::string_view test_url);

}  // namespace tarn::block::azure
