// A file system in memory that loses at a crash what was not synced: bytes of files, and names in
// directories, each kept or lost by a seeded coin. As mean as POSIX allows. For tests; thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>

#include "block/local/file_layer.h"

namespace tarn::block {

class CrashFiles : public FileLayer {
 public:
  struct Options {
    uint64_t seed = 0;
    bool unnamed_files = true;  ///< CreateUnnamed works.
    /// Disks that lie, to prove that a test would notice missing syncs.
    bool sync_files = true, sync_directories = true;
  };
  explicit CrashFiles(Options options);

  /// The machine loses power when that many more calls have been made: all later calls fail.
  void CrashAfter(int64_t calls);
  bool crashed() const;
  /// From now on, of a hundred syncs so many fail and do nothing.
  void FailSyncs(unsigned percent);
  /// Starts again with what survived; everything open is gone.
  void Reboot();
  /// Ends the program alone: everything open is gone, but what was not synced still can get lost.
  void KillProgram();

  int OpenDirectory(int at, const char* name) override;
  int OpenBase(const char* path, Wait wait) override;
  int MakeDirectory(int at, const char* name, uint32_t mode) override;
  int OpenToRead(int at, const char* path, Wait wait) override;
  int CreateUnnamed(int directory) override;
  int CreateNamed(int at, const char* name) override;
  int Link(int file, int at, const char* name) override;
  int Rename(int from_at, const char* from, int to_at, const char* to) override;
  int RenameNew(int from_at, const char* from, int to_at, const char* to) override;
  int Unlink(int at, const char* name) override;
  int SetDirect(int file, bool direct) override;
  int Write(int file, std::span<const char> bytes) override;
  int64_t AppendRange(int file, int from, int64_t offset, int64_t length) override;
  int64_t ReadAt(int file, int64_t offset, std::span<char> out, Wait wait) override;
  int Stat(int file, FileStatus* out) override;
  int SyncFile(int file) override;
  int SyncDirectory(int directory) override;
  int StatAt(int directory, const char* name, FileStatus* out) override;
  int List(int directory, std::vector<DirectoryEntry>* entries) override;
  void Close(int file) override;

 private:
  struct Node;
  using NodePtr = std::shared_ptr<Node>;  // shared by names, open files and what is durable
  using Names = std::map<std::string, NodePtr>;
  struct Node {
    bool directory = false;
    bool direct = false;  // only whole, aligned blocks may be written
    std::string bytes, durable_bytes;
    Names names, durable_names;
  };
  struct Place {
    NodePtr directory;
    std::string name;
  };

  bool Down();  // counts a call; true once the power is off
  bool SyncFails() { return random_() % 100 < sync_failures_; }
  int Open(NodePtr node);
  NodePtr Get(int file) const;
  /// Directory and last name of a path; null directory if it leads nowhere.
  Place Find(int at, std::string_view path) const;
  NodePtr FindNode(int at, std::string_view path) const;
  int Move(int from_at, const char* from, int to_at, const char* to);
  NodePtr Survivor(const Node& node, std::map<const Node*, NodePtr>* done);
  bool Coin() { return (random_() & 1) != 0; }

  const Options options_;
  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  NodePtr root_ = std::make_shared<Node>();
  std::map<int, NodePtr> open_;
  int next_file_ = 1000;
  int64_t calls_left_ = -1;  // -1: no crash is planned
  bool down_ = false;
  unsigned sync_failures_ = 0;
};

}  // namespace tarn::block
