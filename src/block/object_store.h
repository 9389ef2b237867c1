// The object store under a server: immutable objects of bytes, addressed by namespace and name.
//
// Drivers: block/local, block/s3, block/gs, block/azure, block/mem; all pass
// block/testing/store_suite.h, also below the layers that wrap any store (block/layers). An object
// appears whole and durable when its writer's Commit returns OK, or not at all. Level 3; stores are
// thread-safe. Everything here may wait unless stated; on a thread that must not (base/blocking.h)
// opening and reading answer from what the kernel holds in memory or return kWouldBlock, all else
// returns kWouldBlock.
//
// A failure tells by Status::retry() whether the same call can succeed later; its message is for
// users, its context (Status::With) for the log.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "block/client_uploads.h"
#include "block/listing.h"
#include "block/object_io.h"
#include "block/presign.h"

namespace tarn::block {

/// What a store tells about itself: what clients see of it (REST storage configuration), and what
/// it can do.
struct StoreInfo {
  std::string type;               ///< "local", "mem", "s3", ...
  std::string namespace_regex;    ///< "^local://"
  std::string namespace_example;  ///< "local://example-bucket/"
  std::string default_namespace_prefix;
  bool import_support = false;
  bool presign_support = false;
  bool presign_ui_support = false;
  bool presign_multipart_support = false;
  /// Each call is a request over a network; what is visible is durable.
  bool is_remote = false;
  /// The entity tag of an upload in parts is the MD5 of the bytes, not that of the parts' MD5s.
  bool multipart_tag_of_bytes = false;
  std::string region;  ///< The configured one, for new namespaces; empty where there are none.
};

class ObjectStore {
 public:
  virtual ~ObjectStore() = default;
  virtual const StoreInfo& info() const = 0;

  /// Starts a new object. kInvalidAddress, kAddressBlocked, kForbidden for names it cannot hold.
  virtual Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                                       const WriteOptions& options) = 0;
  /// Stores an object whose bytes are all there, as a writer does: one request, which the store can
  /// send again. The size hint is that of the bytes.
  virtual Result<ObjectProperties> Put(const ObjectPointer& object, std::string_view bytes,
                                       const WriteOptions& options);
  /// Opens for positioned reads. `first` is what will be read first: where a read is a request, one
  /// request opens and reads that. It limits nothing. kDataNotFound ("not found") when absent.
  virtual Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                                     const ByteRange& first) = 0;
  /// Opens a range that is read from its beginning to its end, with one request. kDataNotFound.
  virtual Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                           const ByteRange& range) = 0;
  /// Nothing when absent. One that exists need not be durable yet: see MakeDurable.
  virtual Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) = 0;
  /// Makes an object durable that somebody else may have stored a moment ago, or was killed while
  /// storing; nothing when absent. Stores where what is visible is durable just look.
  virtual Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) = 0;
  /// Removes an object; absent is success. Only names below a storage namespace.
  virtual Status Remove(const ObjectPointer& object) = 0;
  /// Removes objects whose addresses are relative, in batches where the store has such requests,
  /// durably: none comes back after a power cut. After a failure some are gone and some are not.
  virtual Status RemoveAll(std::string_view storage_namespace,
                           std::span<const std::string> addresses);
  /// Copies bytes to a new name, inside of the store where it can do that; durable and atomic like
  /// a writer's Commit.
  virtual Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                        const CopyOptions& options) = 0;
  /// A page of the objects that lie in a namespace, with all that was stored before the call where
  /// the store can promise that.
  virtual Result<ObjectPage> List(const ListRequest& request) = 0;
  /// Starts a walk over the objects of a source. Errors name the source, file or directory.
  virtual Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) = 0;
  /// Makes a URL for an object; does not ask whether it exists. kUnsupported ("<type> adapter
  /// presigned URL: operation not supported") unless info() says otherwise.
  virtual Result<PresignedUrl> Presign(const PresignRequest& request);
  /// Uploads in parts that the store keeps; null where it has none. Borrowed.
  virtual ClientUploads* client_uploads() { return nullptr; }
  /// The class of storage that an object lies in, as the store calls it; nothing where it has
  /// none. kDataNotFound.
  virtual Result<std::optional<std::string>> StorageClass(const ObjectPointer& object);
  /// Where a namespace lies; nothing where the store has no regions. kIo if it does not tell.
  virtual Result<std::optional<std::string>> Region(std::string_view storage_namespace);

  // Addresses (block/address.h). These do not wait.

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

/// Writes a small object in one call.
Result<ObjectProperties> PutObject(ObjectStore& store, const ObjectPointer& object,
                                   std::string_view bytes);
/// Stores an object whose name tells its content, durably whoever else is about to. True if what
/// lies there now are these bytes; false if what was there before was kept, which may put the same
/// content in other words.
Result<bool> PutByContent(ObjectStore& store, const ObjectPointer& object, std::string_view bytes);

/// Reads a whole object; kTooLarge over `size_bytes_max`.
Result<std::string> GetObject(ObjectStore& store, const ObjectPointer& object,
                              int64_t size_bytes_max);

}  // namespace tarn::block
