#include "kv/rocksdb/manifest.h"

#include <fmt/format.h>

#include "kv/rocksdb/log_record.h"
#include "kv/rocksdb/status.h"

namespace tarn::kv::rocks {
namespace {

/// Where the last change ends that is whole, with all before it.
size_t EndOfWholeChanges(std::string_view manifest) {
  size_t end = 0;
  bool in_change = false;
  for (size_t at = 0; at < manifest.size();) {
    if (const size_t padding = PaddingAt(at); padding > 0) {
      at += padding;
      continue;
    }
    const auto record = LogRecordAt(manifest, at);
    if (!record || record->begins() == in_change) break;
    at += record->size();
    in_change = !record->ends();
    if (!in_change) end = at;
  }
  return end;
}

bool HoldsChangeAfter(std::string_view manifest, size_t at) {
  // The length of a damaged record cannot be trusted: the next one may be anywhere.
  for (++at; at < manifest.size(); ++at) {
    const auto record = LogRecordAt(manifest, at);
    if (record && record->begins()) return true;
  }
  return false;
}

Status Cut(::rocksdb::Env& env, const std::string& file, size_t size) {
  ::rocksdb::EnvOptions plain;
  plain.use_mmap_writes = false;  // a mapped file does not truncate
  std::unique_ptr<::rocksdb::WritableFile> writer;
  auto status = env.ReopenWritableFile(file, &writer, plain);
  if (status.ok()) status = writer->Truncate(size);
  if (status.ok()) status = writer->Fsync();
  if (writer != nullptr) {
    const auto closed = writer->Close();
    if (status.ok()) status = closed;
  }
  return ToStatus(status, "mend");
}

struct Manifest {
  std::string name, bytes;
  size_t whole = 0;  ///< The end of the changes before any damage.
};

Result<Manifest> ReadManifest(::rocksdb::Env& env, const std::string& path) {
  Manifest manifest;
  TARN_TRY(ToStatus(::rocksdb::ReadFileToString(&env, path + "/CURRENT", &manifest.name), "read"));
  while (manifest.name.ends_with('\n')) manifest.name.pop_back();
  TARN_TRY(ToStatus(::rocksdb::ReadFileToString(&env, path + "/" + manifest.name, &manifest.bytes),
                    "read"));
  manifest.whole = EndOfWholeChanges(manifest.bytes);
  return manifest;
}

}  // namespace

Status CheckManifest(::rocksdb::Env& env, const std::string& path) {
  if (env.FileExists(path + "/CURRENT").IsNotFound()) return {};
  TARN_TRY_ASSIGN(const Manifest manifest, ReadManifest(env, path));
  if (!HoldsChangeAfter(manifest.bytes, manifest.whole)) return {};
  return {
      Code::kCorrupt,
      fmt::format("the metadata database in {} is damaged: {}, the list of its files, cannot be "
                  "read at byte {}, and more of it follows. Nothing was changed. Restore the "
                  "directory from a backup",
                  path, manifest.name, manifest.whole)};
}

Status CutTornManifest(::rocksdb::Env& env, const std::string& path) {
  TARN_TRY_ASSIGN(const Manifest manifest, ReadManifest(env, path));
  // What a manifest begins with was synced before CURRENT named it.
  if (manifest.whole == 0 || manifest.whole == manifest.bytes.size()) return {};
  return Cut(env, path + "/" + manifest.name, manifest.whole);
}

}  // namespace tarn::kv::rocks
