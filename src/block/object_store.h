// The object store under a server: immutable objects of bytes, addressed by namespace and name.
//
// Adapters: block/local, block/mem (cloud stores come later); all pass block/testing/store_suite.h.
// An object appears whole and durable when its writer's Commit returns OK, or not at all. Level 3;
// stores are thread-safe, readers and writers belong to one thread at a time. Everything here may
// wait unless stated; on a thread that must not (base/blocking.h) Open and ReadAt answer from what
// the kernel holds in memory or return kWouldBlock, all else returns kWouldBlock.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"
#include "codec/entry.h"

namespace tarn::block {

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
};

/// An open object; stays readable after its name is removed.
class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  virtual ObjectProperties properties() const = 0;
  /// Reads up to out.size() bytes at `offset`; fewer only at the end. kDataNotFound, kIo.
  virtual Result<size_t> ReadAt(int64_t offset, std::span<char> out) = 0;
  /// A descriptor of the bytes for sendfile, owned by this reader; -1 where there is none.
  virtual int file_descriptor() const { return -1; }
};

/// Takes the bytes of a new object. Destroying it before Commit leaves nothing behind.
class ObjectWriter {
 public:
  virtual ~ObjectWriter() = default;
  /// Appends bytes. kNoSpace ("failed to write to storage: no space left on device"), kWriteFailed.
  virtual Status Write(std::span<const char> bytes) = 0;
  /// Appends a range of another object of the same store, inside of the store if it can do that.
  /// kIo if the object ends before the range does; else as Write.
  virtual Status Append(ObjectReader& from, int64_t offset, int64_t length);
  /// Makes the object visible and durable, replacing an older one of that name atomically unless it
  /// was to be new (kAlreadyExists; the older one is durable then). After any other failure there
  /// is what was there before, or the new object, perhaps not durable: others may have relied on it
  /// meanwhile, so that it is for the owner of the name to remove it.
  virtual Result<ObjectProperties> Commit() = 0;
};

struct WriteOptions {
  std::optional<int64_t> size_hint;  ///< Bytes that will be written, if known.
  bool create_only = false;          ///< An object that has the name by then stays as it is.
};

struct CopyOptions {
  /// Nobody but the store can write into the source, so that both names may share its bytes.
  bool may_share = false;
};

/// One object met by a walk over a source. Borrowed for the call that passes it.
struct WalkedObject {
  std::string_view relative_key;  ///< Key below the source's directory part.
  std::string_view address;       ///< Full URI, as it will be stored in an entry.
  Timestamp last_modified;
  int64_t size = 0;           ///< Bytes; where they are hashed, the bytes hashed.
  std::string_view checksum;  ///< Entity tag without quotes.
};

/// Some objects of a walk, listed but not yet read: what the listing does not tell (size, time,
/// checksum) is fetched by Read, so that many threads can share that work.
class WalkBatch {
 public:
  virtual ~WalkBatch() = default;
  virtual size_t size() const = 0;  ///< Objects, at least one.
  /// Completes the objects and calls `sink` for each in key order. On any thread, once.
  virtual Status Read(const std::function<void(const WalkedObject&)>& sink) = 0;
};

/// Walks the objects under a source URI in ascending unsigned byte order of relative_key. One
/// thread at a time; batches may be read on others and outlive the walker.
class ObjectWalker {
 public:
  virtual ~ObjectWalker() = default;
  /// The next batch, or null at the end.
  virtual Result<std::unique_ptr<WalkBatch>> Next() = 0;
};

enum class WalkKind : uint8_t {
  kPrefix,  ///< Everything below (local: a directory; object stores: a key prefix).
  kObject,  ///< Exactly one object; relative_key is empty.
};

/// What an adapter tells clients about itself (REST storage configuration).
struct StoreInfo {
  std::string type;               ///< "local", "mem", "s3", ...
  std::string namespace_regex;    ///< "^local://"
  std::string namespace_example;  ///< "local://example-bucket/"
  std::string default_namespace_prefix;
  bool import_support = false;
  bool presign_support = false;
  bool presign_ui_support = false;
  bool presign_multipart_support = false;
  /// The entity tag of an upload in parts is the MD5 of the bytes, not that of the parts' MD5s.
  bool multipart_tag_of_bytes = false;
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual const StoreInfo& info() const = 0;

  /// Starts a new object. kInvalidAddress, kAddressBlocked, kForbidden for names it cannot hold.
  virtual Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                                       const WriteOptions& options) = 0;
  /// Opens for reading. kDataNotFound ("not found") when absent.
  virtual Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object) = 0;
  /// False when absent. One that exists need not be durable yet: see MakeDurable.
  virtual Result<bool> Exists(const ObjectPointer& object) = 0;
  /// Makes an object durable that somebody else may have stored a moment ago, or was killed while
  /// storing; nothing when absent. Stores where what is visible is durable just look.
  virtual Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) = 0;
  /// Removes an object; absent is success. Only names below a storage namespace.
  virtual Status Remove(const ObjectPointer& object) = 0;
  /// Removes objects whose addresses are relative, durably: none comes back after a power cut.
  virtual Status RemoveAll(std::string_view storage_namespace,
                           std::span<const std::string> addresses);
  /// Copies bytes to a new name, durable and atomic like a writer's Commit.
  virtual Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                        const CopyOptions& options) = 0;
  /// Starts a walk over `source_uri`. `stop` (thread-safe) is asked now and then by walker and
  /// batches; true ends the walk with kCancelled. Errors name the source, file or directory.
  virtual Result<std::unique_ptr<ObjectWalker>> Walk(std::string_view source_uri, WalkKind kind,
                                                     std::function<bool()> stop) = 0;
  /// The public address of an object ("physical_address" of the API). Does not ask whether the
  /// object may be read or exists. kInvalidAddress for text that is no address.
  virtual Result<std::string> FormatAddress(const ObjectPointer& object) const = 0;
  /// Whether objects at that address could be read: kInvalidAddress, kAddressBlocked, kForbidden.
  virtual Status CheckAddress(const ObjectPointer& object) const = 0;
  /// The place of an object, or with an empty address of its namespace: the same text however it is
  /// addressed, elements separated by '/'. Of local files the path after following the links that
  /// the operator configured. Errors of CheckAddress.
  virtual Result<std::string> Locate(const ObjectPointer& object) const = 0;
  /// What the places of all objects of a walk begin with, or are. Errors of Walk.
  virtual Result<std::string> LocateSource(std::string_view source_uri) const = 0;
};

/// Whether a place is a folder or below it.
bool IsWithin(std::string_view place, std::string_view folder);

/// Writes a small object in one call.
Result<ObjectProperties> PutObject(ObjectStore& store, const ObjectPointer& object,
                                   std::string_view bytes);
/// Stores a small object whose name tells its content, durably whoever else is about to.
Status PutByContent(ObjectStore& store, const ObjectPointer& object, std::string_view bytes);

/// Reads a whole object; kTooLarge over `size_bytes_max`.
Result<std::string> GetObject(ObjectStore& store, const ObjectPointer& object,
                              int64_t size_bytes_max);

}  // namespace tarn::block
