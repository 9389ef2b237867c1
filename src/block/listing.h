// The two ways of finding objects: pages of what a namespace of the store's own holds (for garbage
// collection and checks), and walks over the sources of imports. Both can go on where they ended,
// in another process too. Level 3.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tarn::block {

inline constexpr size_t kListObjectsMax = 10'000;

struct ListRequest {
  std::string_view storage_namespace;
  std::string_view prefix;             ///< What addresses begin with; any text.
  std::string_view continuation = {};  ///< ObjectPage::continuation of the page before.
  size_t objects_max = 1000;           ///< 1 to kListObjectsMax.
};

struct ListedObject {
  std::string address;  ///< Relative to the namespace.
  int64_t size = 0;     ///< Bytes.
  Timestamp last_modified;
};

struct ObjectPage {
  /// In ascending unsigned byte order of their addresses, as from page to page; perhaps none.
  std::vector<ListedObject> objects;
  std::string continuation;  ///< Empty: there are no more.
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

/// Walks the objects under a source in ascending unsigned byte order of relative_key, in whatever
/// order the store lists. One thread at a time; batches may be read on others and outlive it.
class ObjectWalker {
 public:
  virtual ~ObjectWalker() = default;
  /// The next batch, or null at the end.
  virtual Result<std::unique_ptr<WalkBatch>> Next() = 0;
  /// From where another walk of the source meets what comes after the batches so far; empty before
  /// the first.
  virtual std::string continuation() const = 0;
};

enum class WalkKind : uint8_t {
  kPrefix,  ///< Everything below (local: a directory; object stores: a key prefix).
  kObject,  ///< Exactly one object; relative_key is empty.
};

struct WalkRequest {
  std::string_view source_uri;
  WalkKind kind = WalkKind::kPrefix;
  /// Asked now and then by walker and batches, on any thread; true ends the walk with kCancelled.
  std::function<bool()> stop = nullptr;
  std::string_view continuation = {};  ///< ObjectWalker::continuation of a walk of this source.
};

}  // namespace tarn::block
