#include "codec/entry.h"

#include <algorithm>

#include "codec/digest.h"
#include "codec/identity.h"
#include "codec/wire.h"

namespace tarn {
namespace {

// Field numbers of catalog.Entry and google.protobuf.Timestamp; a map entry is {1 key, 2 value}.
constexpr uint32_t kAddress = 1;
constexpr uint32_t kLastModified = 2;
constexpr uint32_t kSize = 3;
constexpr uint32_t kChecksum = 4;
constexpr uint32_t kMetadata = 5;
constexpr uint32_t kAddressType = 6;
constexpr uint32_t kContentType = 7;
constexpr uint32_t kSeconds = 1;
constexpr uint32_t kNanos = 2;
constexpr uint32_t kMapKey = 1;
constexpr uint32_t kMapValue = 2;

Status BadEntry(const char* what) {
  return Status(Code::kCorrupt, std::string("bad bytes format for catalog.Entry: ") + what);
}

void AppendTimestamp(std::string* out, Timestamp time) {
  std::string message;  // At most 22 bytes; nearly always within the small-string buffer.
  AppendVarintField(&message, kSeconds, static_cast<uint64_t>(time.seconds));
  AppendVarintField(&message, kNanos, static_cast<uint64_t>(int64_t{time.nanos}));
  AppendBytesFieldAlways(out, kLastModified, message);
}

bool ParseTimestamp(std::string_view message, Timestamp* time) {
  WireReader reader(message);
  for (WireField field; reader.Next(&field);) {
    if (field.is_varint(kSeconds)) time->seconds = static_cast<int64_t>(field.varint);
    if (field.is_varint(kNanos)) time->nanos = static_cast<int32_t>(field.varint);
  }
  return !reader.failed();
}

void ReadBytesField(const WireField& field, EntryView* view) {
  switch (field.number) {
    case kAddress:
      view->address = field.bytes;
      break;
    case kChecksum:
      view->checksum = field.bytes;
      break;
    case kMetadata:
      view->has_metadata = true;
      break;
    case kContentType:
      view->content_type = field.bytes;
      break;
    default:
      break;
  }
}

}  // namespace

bool ParseMapEntry(std::string_view message, std::string_view* key, std::string_view* value) {
  *key = *value = {};
  WireReader reader(message);
  for (WireField field; reader.Next(&field);) {
    if (field.is_bytes(kMapKey)) *key = field.bytes;
    if (field.is_bytes(kMapValue)) *value = field.bytes;
  }
  return !reader.failed();
}

void AppendEntry(std::string* out, const Entry& entry) {
  AppendBytesField(out, kAddress, entry.address);
  AppendTimestamp(out, entry.last_modified);
  AppendVarintField(out, kSize, static_cast<uint64_t>(entry.size));
  AppendBytesField(out, kChecksum, entry.checksum);
  std::string pair;
  for (const auto& [key, value] : entry.metadata) {
    pair.clear();
    // The reference writes both halves of a map entry even if they are empty.
    AppendBytesFieldAlways(&pair, kMapKey, key);
    AppendBytesFieldAlways(&pair, kMapValue, value);
    AppendBytesFieldAlways(out, kMetadata, pair);
  }
  AppendVarintField(out, kAddressType, static_cast<uint64_t>(entry.address_type));
  AppendBytesField(out, kContentType, entry.content_type);
}

Result<EntryView> ParseEntry(std::string_view bytes) {
  EntryView view;
  view.encoded = bytes;
  WireReader reader(bytes);
  for (WireField field; reader.Next(&field);) {
    if (field.type == WireType::kVarint) {
      // A size below zero, which older versions took from clients, is none.
      if (field.number == kSize)
        view.size = std::max(static_cast<int64_t>(field.varint), int64_t{0});
      if (field.number == kAddressType) {
        if (field.varint > static_cast<uint64_t>(AddressType::kFull)) {
          return BadEntry("unknown address type");
        }
        view.address_type = static_cast<AddressType>(field.varint);
      }
    } else if (field.is_bytes(kLastModified)) {
      if (!ParseTimestamp(field.bytes, &view.last_modified)) return BadEntry("last_modified");
    } else if (field.type == WireType::kBytes) {
      ReadBytesField(field, &view);
      std::string_view key;
      std::string_view value;
      if (field.number == kMetadata && !ParseMapEntry(field.bytes, &key, &value)) {
        return BadEntry("metadata");
      }
    }
  }
  if (reader.failed()) return BadEntry("not a message");
  return view;
}

Metadata ReadMetadata(const EntryView& view) {
  Metadata metadata;
  ForEachMetadata(view, [&](std::string_view key, std::string_view value) {
    metadata.insert_or_assign(std::string(key), std::string(value));
  });
  return metadata;
}

Entry ToEntry(const EntryView& view) {
  Entry entry;
  entry.address = view.address;
  entry.address_type = view.address_type;
  entry.last_modified = view.last_modified;
  entry.size = view.size;
  entry.checksum = view.checksum;
  entry.metadata = ReadMetadata(view);
  entry.content_type = view.content_type;
  return entry;
}

EntryIdentity IdentityOf(const Entry& entry) {
  return IdentityBuilder()
      .Int(entry.size)
      .Str(entry.checksum)
      .StrMap(entry.metadata)
      .StrOpt(entry.content_type)
      .Digest();
}

}  // namespace tarn
