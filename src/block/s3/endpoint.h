// Where requests for a bucket go, and how they name it: in the host or in the path. Level 3; pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::block::s3 {

struct EndpointOptions {
  std::string url;  ///< "https://host:port", with a path perhaps; empty: that of the region.
  bool force_path_style = false;
};

struct Endpoint {
  std::string server;  ///< "https://host:port": where to connect.
  std::string host;    ///< Of the Host header.
  std::string path;    ///< Before the key, not escaped: empty, or begins with '/' and ends without.
};

/// Buckets whose names cannot be part of a host (dots under TLS, upper case) are named in the path,
/// as are all those of a server without a name. kInvalidValue for a URL that is none.
Result<Endpoint> EndpointOf(const EndpointOptions& options, std::string_view region,
                            std::string_view bucket);

/// The servers of all buckets: "https://host:port", and "https://*.host:port" where buckets are
/// named in the host. None for a URL that is none.
std::vector<std::string> OriginsOf(const EndpointOptions& options, std::string_view region);

}  // namespace tarn::block::s3
