// One object of a store: its name, its properties, and the ways its bytes go out and in.
//
// Positioned reads and streams are two things. A reader answers for any position, time and again; a
// stream gives one range once, in order, which a remote store sends as the answer to one request.
// Level 3; readers, streams and writers belong to one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "codec/entry.h"

namespace tarn::block {

class ObjectStore;

/// Names one object. Borrowed; `address` is relative to `storage_namespace` or a full URI by
/// `type`.
struct ObjectPointer {
  std::string_view storage_namespace;  ///< For example "local://bucket/prefix".
  std::string_view address;
  AddressType type = AddressType::kRelative;
};

struct ObjectProperties {
  int64_t size = 0;  ///< Bytes.
  Timestamp last_modified;
  /// Tells apart what was stored under one name, also within a second: as the store writes it.
  /// Empty where it has none or did not tell it.
  std::string entity_tag = {};

  bool operator==(const ObjectProperties&) const = default;
};

/// A range of an object's bytes. What would lie beyond the object's end is not there.
struct ByteRange {
  int64_t offset = 0;                  ///< Negative: that many bytes before the end.
  std::optional<int64_t> length = {};  ///< Nothing: to the end.
  static ByteRange Last(int64_t bytes) { return {-bytes, bytes}; }
};

/// The part of an object of `size` bytes that a range names: an offset in it, and a length.
struct ResolvedRange {
  int64_t offset = 0, length = 0;
};
ResolvedRange ResolveRange(const ByteRange& range, int64_t size);

/// An open object. Once its name is removed or given to another it either stays readable, as a
/// local file does, or reading fails: it never gives bytes of another object.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual ObjectProperties properties() const = 0;
  /// Reads up to out.size() bytes at `offset`; fewer only at the end. kDataNotFound, kIo.
  virtual Result<size_t> ReadAt(int64_t offset, std::span<char> out) = 0;
  /// A descriptor of the bytes for sendfile, owned by this reader; -1 where there is none.
  virtual int file_descriptor() const { return -1; }
};

/// A range of an object on its way; of one object, as with a reader.
class ObjectStream {
 public:
  virtual ~ObjectStream() = default;
  virtual ObjectProperties properties() const = 0;  ///< Of the whole object.
  /// Reads the next bytes into `out`, which is not empty: at least one, or 0 at the end of the
  /// range. kIo when they end before that.
  virtual Result<size_t> Read(std::span<char> out) = 0;
  /// Where the bytes that were not read yet lie in an open file, for sendfile.
  struct Place {
    int descriptor = -1;  ///< Owned by the stream.
    int64_t offset = 0;
  };
  virtual std::optional<Place> place() const { return std::nullopt; }
};

/// Reads a range through positioned reads, where those cost no more than a stream.
std::unique_ptr<ObjectStream> StreamOf(std::unique_ptr<ObjectReader> reader,
                                       const ByteRange& range);

/// Takes the bytes of a new object. Destroying it before Commit leaves nothing behind. Memory is
/// bounded whatever the object's size. What a store has to send again because an answer was lost it
/// sends again itself: after a failure the bytes are gone.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  /// Appends bytes. kNoSpace ("failed to write to storage: no space left on device"), kWriteFailed.
  virtual Status Write(std::span<const char> bytes) = 0;
  /// Appends a range of another object of `store`, which is the writer's own; inside of the store
  /// if it can do that. kDataNotFound; kIo if the object ends before the range does; else as Write.
  virtual Status Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                        int64_t length);
  /// Makes the object visible and durable, replacing an older one of that name atomically unless it
  /// was to be new (kAlreadyExists; the older one is durable then). After any other failure there
  /// is what was there before, or the new object, perhaps not durable: others may have relied on it
  /// meanwhile, so that it is for the owner of the name to remove it.
  virtual Result<ObjectProperties> Commit() = 0;
};

struct WriteOptions {
  std::optional<int64_t> size_hint = {};  ///< Bytes that will be written, if known.
  bool create_only = false;               ///< An object that has the name by then stays as it is.
  /// The name tells the content: an object that has it may stay (kAlreadyExists) or be replaced,
  /// whichever costs no look before.
  bool by_content = false;
};

struct CopyOptions {
  /// Nobody but the store can write into the source, so that both names may share its bytes.
  bool may_share = false;
  /// Of the source, where the caller knows it: saves a look.
  std::optional<int64_t> size = {};
};

}  // namespace tarn::block
