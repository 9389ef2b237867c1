// Objects as files of a local directory, in the layout of the reference
// (docs/formats/local-store.md): <root>/<namespace>/<name>, no side files.
//
// New bytes go to a file without a name (or under <root>/.tarn/tmp where the file system has no
// such files), are synced, and get their name last; then the directory is synced, once for all
// writers that wait. So an object is whole and durable, or not there. Level 3; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "block/local/file_layer.h"
#include "block/object_store.h"

namespace tarn::block {

struct LocalStoreOptions {
  std::string root;  ///< Made if missing. Absolute.
  bool import_enabled = false;
  bool import_hidden = false;  ///< Imports take files and directories whose names start with '.'.
  /// Directories (or files) that may be imported from: absolute, compared by elements.
  std::vector<std::string> allowed_external_prefixes;
  std::string default_namespace_prefix = "local://";
};

class LocalStore : public ObjectStore {
 public:
  /// Opens the root, proves that it can be written and removes what a crash left in .tarn/tmp.
  /// kIo names the directory. `layer` and `clock` outlive the store.
  static Result<std::unique_ptr<LocalStore>> Open(LocalStoreOptions options, Clock& clock,
                                                  FileLayer& layer = SystemFiles());
  ~LocalStore() override;

  const StoreInfo& info() const override;
  Result<std::unique_ptr<ObjectWriter>> Create(const ObjectPointer& object,
                                               const WriteOptions& options) override;
  Result<std::unique_ptr<ObjectReader>> Open(const ObjectPointer& object,
                                             const ByteRange& first) override;
  Result<std::unique_ptr<ObjectStream>> OpenStream(const ObjectPointer& object,
                                                   const ByteRange& range) override;
  Result<std::optional<ObjectProperties>> Stat(const ObjectPointer& object) override;
  Result<std::optional<ObjectProperties>> MakeDurable(const ObjectPointer& object) override;
  Status Remove(const ObjectPointer& object) override;
  Status RemoveAll(std::string_view storage_namespace,
                   std::span<const std::string> addresses) override;
  Result<ObjectProperties> Copy(const ObjectPointer& from, const ObjectPointer& to,
                                const CopyOptions& options) override;
  Result<ObjectPage> List(const ListRequest& request) override;
  Result<std::unique_ptr<ObjectWalker>> Walk(const WalkRequest& request) override;
  Result<std::string> FormatAddress(const ObjectPointer& object) const override;
  Status CheckAddress(const ObjectPointer& object) const override;
  Result<std::string> Locate(const ObjectPointer& object) const override;
  Result<std::string> LocateSource(std::string_view source_uri) const override;

  class Impl;

 private:
  explicit LocalStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tarn::block
