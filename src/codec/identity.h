// The tagged stream that all identities of the data model are hashed over: commit ids, entry
// identities, the properties part of range ids (docs/formats/identity.md). Level 1, values.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "codec/digest.h"

namespace tarn {

/// Builds one stream, item by item in the order of the calls.
class IdentityBuilder {
 public:
  IdentityBuilder& Int(int64_t value);
  IdentityBuilder& Bytes(std::string_view bytes);
  IdentityBuilder& Str(std::string_view text);
  /// Str if `text` is not empty, else nothing.
  IdentityBuilder& StrOpt(std::string_view text);
  IdentityBuilder& StrList(std::span<const std::string> list);
  IdentityBuilder& StrMap(const std::map<std::string, std::string>& map);
  /// The digest of another stream.
  IdentityBuilder& Embed(const Sha256Digest& identity);

  /// The stream so far; borrowed until the next call.
  std::string_view stream() const { return stream_; }
  Sha256Digest Digest() const { return Sha256(stream_); }

 private:
  std::string stream_;
};

}  // namespace tarn
