#include "sst/format.h"

#include <algorithm>
#include <memory>

#include "codec/crc32c.h"
#include "codec/fixed.h"
#include "codec/snappy.h"
#include "codec/varint.h"

namespace tarn::sst {
namespace {

using namespace std::string_view_literals;

enum Compression : char { kRaw = 0, kSnappy = 1 };

constexpr char kChecksumCrc32c = 1;
constexpr uint32_t kFormatVersion = 2;
constexpr std::string_view kRocksDbMagic = "\xf7\xcf\xf4\x85\xb7\x41\xe2\x88"sv;
constexpr std::string_view kPebbleMagic = "\xf0\x9f\xaa\xb3\xf0\x9f\xaa\xb3"sv;
constexpr std::string_view kLevelDbMagic = "\x57\xfb\x80\x8b\x24\x75\x47\xdb"sv;
constexpr size_t kRawBlockBytesMax = 128 << 20;  // One record of the greatest size, and more.
constexpr size_t kMagicBytes = 8;
constexpr size_t kHandlesBytes = 41;  // Checksum type and two handles, padded.
constexpr size_t kLevelDbFooterBytes = 48;
// Version 3 of Pebble's own format keeps values apart from keys, which nothing here reads.
constexpr uint32_t kPebbleVersionMax = 2;

std::optional<Footer> ParseHandles(std::string_view bytes) {
  const auto metaindex = ConsumeHandle(&bytes);
  const auto index = metaindex ? ConsumeHandle(&bytes) : std::nullopt;
  if (!index) return std::nullopt;
  return Footer{*metaindex, *index};
}

/// `candidate` if it is a shorter way to say "after `last`", else `last` itself.
std::string WithTrailer(std::string_view last, std::string candidate) {
  if (candidate.size() <= last.size() && candidate > last) {
    return candidate.append(kSeparatorTrailer);
  }
  return std::string(last).append(kSetTrailer);
}

bool Increment(std::string* key, size_t at) {
  const auto byte = static_cast<unsigned char>((*key)[at]);
  if (byte == 0xff) return false;
  (*key)[at] = static_cast<char>(byte + 1);
  key->resize(at + 1);
  return true;
}

}  // namespace

const std::array<FixedProperty, 21> kFixedProperties = {{
    {"rocksdb.block.based.table.prefix.filtering", "0"},
    {"rocksdb.block.based.table.whole.key.filtering", "0"},
    {"rocksdb.column.family.id", "\xff\xff\xff\xff\x07"},
    {"rocksdb.comparator", "leveldb.BytewiseComparator"},
    {"rocksdb.compression", "Snappy"},
    {"rocksdb.compression_options",
     "window_bits=-14; level=32767; strategy=0; max_dict_bytes=0; zstd_max_train_bytes=0; "
     "enabled=0; "},
    {"rocksdb.creation.time", "\0"sv},
    {"rocksdb.deleted.keys", "\0"sv},
    {"rocksdb.external_sst_file.global_seqno", "\0\0\0\0\0\0\0\0"sv},
    {"rocksdb.external_sst_file.version", "\x02\0\0\0"sv},
    {"rocksdb.filter.size", "\0"sv},
    {"rocksdb.fixed.key.length", "\0"sv},
    {"rocksdb.format.version", "\0"sv},
    {"rocksdb.index.key.is.user.key", "\0"sv},
    {"rocksdb.index.value.is.delta.encoded", "\0"sv},
    {"rocksdb.merge.operands", "\0"sv},
    {"rocksdb.merge.operator", "pebble.concatenate"},
    {"rocksdb.num.range-deletions", "\0"sv},
    {"rocksdb.oldest.key.time", "\0"sv},
    {"rocksdb.prefix.extractor.name", "nullptr"},
    {"rocksdb.property.collectors", "[static]"},
}};

void AppendHandle(std::string* out, BlockHandle handle) {
  AppendVarint(out, handle.offset);
  AppendVarint(out, handle.size);
}

std::optional<BlockHandle> ConsumeHandle(std::string_view* in) {
  BlockHandle handle;
  if (!ConsumeVarint(in, &handle.offset) || !ConsumeVarint(in, &handle.size)) return std::nullopt;
  return handle;
}

void AppendFooter(std::string* out, const Footer& footer) {
  const size_t start = out->size();
  out->push_back(kChecksumCrc32c);
  AppendHandle(out, footer.metaindex);
  AppendHandle(out, footer.index);
  out->resize(start + kHandlesBytes, '\0');
  AppendLe(out, kFormatVersion);
  out->append(kRocksDbMagic);
}

std::optional<Footer> ParseFooter(std::string_view tail, std::string* why) {
  *why = "no footer of a sorted table";
  if (tail.size() < kLevelDbFooterBytes) return std::nullopt;
  const std::string_view magic = tail.substr(tail.size() - kMagicBytes);
  if (magic == kLevelDbMagic) return ParseHandles(tail.substr(tail.size() - kLevelDbFooterBytes));
  if ((magic != kRocksDbMagic && magic != kPebbleMagic) || tail.size() < kFooterBytes) {
    return std::nullopt;
  }
  const std::string_view footer = tail.substr(tail.size() - kFooterBytes);
  const auto version = LoadLe<uint32_t>(footer.data() + kHandlesBytes);
  const bool known = magic == kRocksDbMagic ? version == kFormatVersion
                                            : version >= 1 && version <= kPebbleVersionMax;
  if (!known) {
    *why = "unsupported table format version " + std::to_string(version);
    return std::nullopt;
  }
  if (footer[0] != kChecksumCrc32c) {
    *why = "unsupported checksum type " + std::to_string(footer[0]);
    return std::nullopt;
  }
  *why = "malformed footer";
  return ParseHandles(footer.substr(1, kHandlesBytes - 1));
}

size_t AppendStoredBlock(std::string* out, std::string_view raw, bool compress) {
  constexpr size_t kUsualRawBytesMax = 2 * kBlockTargetBytes;
  const size_t start = out->size();
  std::string_view body = raw;
  char type = kRaw;
  char usual[SnappyCompressedBytesMax(kUsualRawBytesMax)];
  std::unique_ptr<char[]> unusual;
  if (compress) {
    char* to = usual;
    if (raw.size() > kUsualRawBytesMax) {
      unusual = std::make_unique_for_overwrite<char[]>(SnappyCompressedBytesMax(raw.size()));
      to = unusual.get();
    }
    const auto size = static_cast<size_t>(SnappyCompress(raw, to) - to);
    if (size < raw.size() - raw.size() / 8) {
      body = std::string_view(to, size);
      type = kSnappy;
    }
  }
  out->append(body).push_back(type);
  AppendLe(out, MaskCrc(Crc32c(std::string_view(*out).substr(start))));
  return body.size();
}

bool CheckStoredBlock(std::string_view stored) {
  const size_t covered = stored.size() - 4;
  return LoadLe<uint32_t>(stored.data() + covered) == MaskCrc(Crc32c(stored.substr(0, covered)));
}

std::optional<size_t> RawBlockLength(std::string_view stored) {
  const std::string_view body = stored.substr(0, stored.size() - kBlockTrailerBytes);
  switch (stored[body.size()]) {
    case kRaw:
      return body.size();
    case kSnappy: {
      const auto length = SnappyUncompressedLength(body);
      // A copy element of three bytes makes at most 64: more is a lie that would cost memory.
      if (!length || *length > body.size() * 64 || *length > kRawBlockBytesMax) return std::nullopt;
      return length;
    }
    default:
      return std::nullopt;
  }
}

bool UnpackStoredBlock(std::string_view stored, char* to) {
  const std::string_view body = stored.substr(0, stored.size() - kBlockTrailerBytes);
  if (stored[body.size()] == kSnappy) return SnappyUncompress(body, to);
  std::copy(body.begin(), body.end(), to);
  return true;
}

std::string SeparatorKey(std::string_view last, std::string_view next) {
  const size_t i = CommonPrefixLength(last, next);
  std::string candidate(last);
  if (i < std::min(last.size(), next.size())) {
    const auto a = static_cast<unsigned char>(last[i]);
    const auto b = static_cast<unsigned char>(next[i]);
    if (a < b) {
      if (i + 1 < next.size() || a + 1 < b) {
        Increment(&candidate, i);
      } else {
        for (size_t j = i + 1; j < last.size() && !Increment(&candidate, j);) ++j;
      }
    }
  }
  return WithTrailer(last, std::move(candidate));
}

std::string SuccessorKey(std::string_view last) {
  std::string candidate(last);
  for (size_t i = 0; i < last.size() && !Increment(&candidate, i);) ++i;
  return WithTrailer(last, std::move(candidate));
}

}  // namespace tarn::sst
