// An entry: what a path of a repository points to. Protobuf message catalog.Entry, encoded and
// decoded by hand because every listing and import line passes here (docs/formats/range.md).
//
// Metadata maps are written in ascending key order, which makes our bytes deterministic; any order
// is read. Level 1; values and borrowed views.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "codec/digest.h"
#include "codec/wire.h"

namespace tarn {

/// How Entry::address is to be read.
enum class AddressType : uint8_t {
  kByPrefixDeprecated = 0,  ///< Full if it parses as a URI with a known scheme, else relative.
  kRelative = 1,            ///< Below the repository's storage namespace.
  kFull = 2,                ///< A complete URI.
};

using Metadata = std::map<std::string, std::string>;

inline constexpr std::string_view kDefaultContentType = "application/octet-stream";

/// An owned entry.
struct Entry {
  std::string address;
  AddressType address_type = AddressType::kRelative;
  Timestamp last_modified;
  int64_t size = 0;  ///< Bytes.
  std::string checksum;
  Metadata metadata;
  std::string content_type;  ///< Empty for imported objects; shown as kDefaultContentType.
};

/// A borrowed entry; valid as long as the bytes it was parsed from. Metadata stays encoded.
struct EntryView {
  std::string_view address;
  AddressType address_type = AddressType::kByPrefixDeprecated;
  Timestamp last_modified;
  int64_t size = 0;
  std::string_view checksum;
  std::string_view content_type;
  std::string_view encoded;  ///< The whole message; ForEachMetadata walks it again.
  bool has_metadata = false;

  std::string_view shown_content_type() const {
    return content_type.empty() ? kDefaultContentType : content_type;
  }
};

/// Appends the message of `entry`.
void AppendEntry(std::string* out, const Entry& entry);

/// Reads a message without copying. kCorrupt when it is not one.
Result<EntryView> ParseEntry(std::string_view bytes);

/// Copies everything out of a view.
Entry ToEntry(const EntryView& view);

/// Splits a map entry of a message into its halves; false when it is malformed.
bool ParseMapEntry(std::string_view message, std::string_view* key, std::string_view* value);

/// Calls fn(key, value) for each metadata pair in stored order, without copying.
template <class Fn>
void ForEachMetadata(const EntryView& view, Fn&& fn) {
  constexpr uint32_t kMetadataField = 5;
  if (!view.has_metadata) return;
  WireReader reader(view.encoded);
  for (WireField field; reader.Next(&field);) {
    std::string_view key, value;
    if (field.is_bytes(kMetadataField) && ParseMapEntry(field.bytes, &key, &value)) fn(key, value);
  }
}

/// Metadata of a view, sorted by key; a repeated key keeps its last value.
Metadata ReadMetadata(const EntryView& view);

using EntryIdentity = Sha256Digest;

/// SHA-256 over size, checksum, metadata and content type: what makes two entries equal. Address
/// and time are not part of it (docs/formats/identity.md).
EntryIdentity IdentityOf(const Entry& entry);

}  // namespace tarn
