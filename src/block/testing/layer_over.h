// A FileLayer that passes everything on; tests override what they want to fail or count.
#pragma once

#include "block/local/file_layer.h"

namespace tarn::block {

class LayerOver : public FileLayer {
 public:
  explicit LayerOver(FileLayer& under) : under_(under) {}
  int OpenDirectory(int at, const char* name) override { return under_.OpenDirectory(at, name); }
  int OpenBase(const char* path, Wait wait) override { return under_.OpenBase(path, wait); }
  int MakeDirectory(int at, const char* name, uint32_t mode) override {
    return under_.MakeDirectory(at, name, mode);
  }
  int OpenToRead(int at, const char* path, Wait wait) override {
    return under_.OpenToRead(at, path, wait);
  }
  int CreateUnnamed(int directory) override { return under_.CreateUnnamed(directory); }
  int CreateNamed(int at, const char* name) override { return under_.CreateNamed(at, name); }
  int Link(int file, int at, const char* name) override { return under_.Link(file, at, name); }
  int Rename(int from_at, const char* from, int to_at, const char* to) override {
    return under_.Rename(from_at, from, to_at, to);
  }
  int RenameNew(int from_at, const char* from, int to_at, const char* to) override {
    return under_.RenameNew(from_at, from, to_at, to);
  }
  int Unlink(int at, const char* name) override { return under_.Unlink(at, name); }
  int SetDirect(int file, bool direct) override { return under_.SetDirect(file, direct); }
  int Write(int file, std::span<const char> bytes) override { return under_.Write(file, bytes); }
  int64_t AppendRange(int file, int from, int64_t offset, int64_t length) override {
    return under_.AppendRange(file, from, offset, length);
  }
  int64_t ReadAt(int file, int64_t offset, std::span<char> out, Wait wait) override {
    return under_.ReadAt(file, offset, out, wait);
  }
  int Stat(int file, FileStatus* out) override { return under_.Stat(file, out); }
  int SyncFile(int file) override { return under_.SyncFile(file); }
  int SyncDirectory(int directory) override { return under_.SyncDirectory(directory); }
  int StatAt(int directory, const char* name, FileStatus* out) override {
    return under_.StatAt(directory, name, out);
  }
  int List(int directory, std::vector<DirectoryEntry>* entries) override {
    return under_.List(directory, entries);
  }
  void Close(int file) override { under_.Close(file); }

 private:
  FileLayer& under_;
};

}  // namespace tarn::block
