// What a request is about: the repository, ref and path that its host and path name. Level 8; pure
// functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::s3gw {

struct Target {
  std::string repository, ref, path;  ///< Decoded; each may be empty.
  bool ref_ends = false;              ///< A slash follows the ref.
  /// The host is a domain of the gateway, or below one: decides the form of Location.
  bool matched_host = false;

  /// What a request names, by which its operation is chosen.
  enum class Level : uint8_t {
    kService,
    kBucket,
    kRoot,  ///< A ref and a slash: the directory that holds all objects of the ref.
    kObject,
    kNothing,  ///< A ref alone, or a path without ref.
  };
  Level level() const;
  /// "ref/path": the key as the client sees it.
  std::string key() const { return ref + "/" + path; }
};

/// Whether all that is in path and query can be read: a path that is UTF-8, and a query without
/// pairs that cannot be decoded. Of others the signature, the operation and a server behind us
/// would each see something else.
bool IsReadableTarget(const http::RequestHead& head);

/// Splits host and path. Nothing is cleaned: "//", "." and ".." are part of the names. REQUIRES
/// valid escapes in the path.
Target ReadTarget(const http::RequestHead& head, std::span<const std::string> domains);

}  // namespace tarn::s3gw
