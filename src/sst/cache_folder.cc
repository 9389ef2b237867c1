#include "sst/cache_folder.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "base/log.h"
#include "block/local/file_reader.h"
#include "block/local/make_directories.h"

namespace tarn::sst {
namespace {

constexpr std::string_view kNewSuffix = ".new";
constexpr uint64_t kDiskBlockBytes = 4096;
constexpr int64_t kPauseMs = 60'000;  // After a write that failed.

// A stem is the id of a table, a dot, and digits of its namespace.
constexpr size_t kIdDigits = 64, kStemBytes = kIdDigits + 1 + 32;

/// Takes digits of both; the value tells whether it is that of the stem.
CacheKey KeyOf(std::string_view stem) {
  std::array<uint64_t, 5> words;
  std::memcpy(words.data(), stem.data(), 3 * sizeof(uint64_t));
  std::memcpy(words.data() + 3, stem.data() + kIdDigits + 1, 2 * sizeof(uint64_t));
  return {CacheKind::kFile, words};
}

struct ParsedName {
  std::string stem;
  uint64_t number = 0;
};

std::optional<ParsedName> ParseName(std::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot != kStemBytes) return std::nullopt;
  ParsedName parsed{std::string(name.substr(0, dot))};
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data() + dot + 1, end, parsed.number);
  if (error != std::errc() || at != end) return std::nullopt;
  return parsed;
}

std::string NewName(const std::string& name) { return name + std::string(kNewSuffix); }

}  // namespace

/// A whole file, which is there as long as this is.
class CacheFolder::File {
 public:
  File(CacheFolder& folder, std::string name, uint64_t bytes, bool is_settled)
      : folder_(folder), name_(std::move(name)), bytes_(bytes), is_settled_(is_settled) {}
  ~File() { folder_.Removed(*this); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  uint64_t bytes() const { return bytes_; }
  /// What the file takes on the disk.
  uint64_t disk_bytes() const {
    return (bytes_ + kDiskBlockBytes - 1) / kDiskBlockBytes * kDiskBlockBytes;
  }
  /// The one that it has once it is settled.
  const std::string& last_name() const { return name_; }
  std::string name() const { return is_settled_ ? name_ : NewName(name_); }
  void Settled() const { is_settled_ = true; }

 private:
  CacheFolder& folder_;
  const std::string name_;
  const uint64_t bytes_;
  mutable std::atomic<bool> is_settled_;
};

class CacheFolder::Writer final : public CopyWriter {
 public:
  Writer(CacheFolder& folder, std::string stem, std::string name, uint64_t bytes, int handle)
      : folder_(folder),
        stem_(std::move(stem)),
        name_(std::move(name)),
        bytes_(bytes),
        handle_(folder.tools_.files, handle) {}
  ~Writer() override {
    if (handle_.open()) folder_.Unlink(NewName(name_));
  }

  bool Write(std::span<const char> bytes) override {
    const int written = folder_.tools_.files.Write(handle_.get(), bytes);
    if (written < 0) folder_.Broke(block::ErrnoText(-written));
    return written >= 0;
  }
  void Finish() override {
    handle_.Reset();
    folder_.Insert(stem_, std::make_shared<const File>(folder_, name_, bytes_, false));
  }

 private:
  CacheFolder& folder_;
  const std::string stem_, name_;
  const uint64_t bytes_;
  block::FileHandle handle_;  // Until it is finished.
};

CacheFolder::CacheFolder(TableType type, std::string path, uint64_t bytes_max, CacheTools tools)
    : type_(type),
      path_(std::move(path)),
      bytes_max_(bytes_max),
      tools_(tools),
      files_(bytes_max, /*shards_max=*/1) {
  if (bytes_max_ == 0) return;
  if (const Directory made = MakeDirectory()) TakeOver(made);
}

CacheFolder::~CacheFolder() {
  Settle();
  closing_ = true;
}

CacheFolder::Directory CacheFolder::directory() {
  const MutexLock lock(mutex_);
  return directory_;
}

CacheFolder::Directory CacheFolder::MakeDirectory() {
  auto made = block::MakeDirectories(tools_.files, path_);
  if (!made.ok()) {
    Broke(std::string(made.status().message()));
    return nullptr;
  }
  const MutexLock lock(mutex_);
  directory_ = std::make_shared<const block::FileHandle>(*std::move(made));
  return directory_;
}

void CacheFolder::TakeOver(const Directory& directory) {
  std::vector<block::DirectoryEntry> entries;
  if (const int listed = tools_.files.List(directory->get(), &entries); listed < 0) {
    return Broke(block::ErrnoText(-listed));
  }
  struct Found {
    Timestamp modified;
    std::string stem, name;
    uint64_t bytes;
  };
  std::vector<Found> found;
  for (const block::DirectoryEntry& entry : entries) {
    auto parsed = ParseName(entry.name);
    block::FileStatus status;
    if (!parsed || tools_.files.StatAt(directory->get(), entry.name.c_str(), &status) < 0 ||
        !status.regular) {
      tools_.files.Unlink(directory->get(), entry.name.c_str());
      continue;
    }
    next_number_ = std::max(next_number_.load(), parsed->number + 1);
    found.push_back(
        {status.modified, std::move(parsed->stem), entry.name, static_cast<uint64_t>(status.size)});
  }
  // Nobody knows when they were used; the oldest ones make room first.
  std::sort(found.begin(), found.end(),
            [](const Found& a, const Found& b) { return a.modified < b.modified; });
  for (Found& file : found) {
    auto kept = std::make_shared<const File>(*this, std::move(file.name), file.bytes, true);
    const uint64_t bytes = kept->disk_bytes();
    files_.Put(KeyOf(file.stem), std::move(kept), bytes);
  }
}

Result<std::unique_ptr<block::ObjectReader>> CacheFolder::Open(const std::string& stem) {
  using Reader = std::unique_ptr<block::ObjectReader>;
  const auto file = std::static_pointer_cast<const File>(files_.Get(KeyOf(stem)));
  if (file == nullptr || !file->last_name().starts_with(stem)) return Reader();
  const Directory directory = this->directory();
  int opened = -ENOENT;
  // It may get its last name between the two.
  for (const std::string& name : {file->name(), file->last_name()}) {
    if (directory == nullptr || opened != -ENOENT) break;
    opened = tools_.files.OpenToRead(directory->get(), name.c_str(), block::AllowedWait());
  }
  if (opened == -EAGAIN && !MayBlock()) return Status(Code::kWouldBlock);
  if (opened < 0) {
    TARN_TRY(RequireBlocking());
    tools_.sink.Failed(type_, DiskFault::kRead);
    if (opened == -ENOENT) Drop(stem);
    return Reader();
  }
  return block::ReadFile(tools_.files, block::FileHandle(tools_.files, opened),
                         {.size = static_cast<int64_t>(file->bytes())});
}

bool CacheFolder::Wants(uint64_t bytes) const {
  return bytes <= bytes_max_ && tools_.clock.MonotonicMs() >= broken_until_ms_;
}

std::unique_ptr<CopyWriter> CacheFolder::Create(const std::string& stem, uint64_t bytes) {
  if (!Wants(bytes)) return nullptr;
  std::string name = stem + "." + std::to_string(next_number_++);
  const int handle = CreateFile(NewName(name));
  if (handle < 0) return nullptr;
  return std::make_unique<Writer>(*this, stem, std::move(name), bytes, handle);
}

int CacheFolder::CreateFile(const std::string& name) {
  int created = -ENOENT;
  Directory directory = this->directory();
  // The directory may have been removed, and can be made again.
  for (int attempt = 0; attempt < 2 && created == -ENOENT; ++attempt) {
    if (directory == nullptr || attempt > 0) directory = MakeDirectory();
    if (directory == nullptr) return created;
    created = tools_.files.CreateNamed(directory->get(), name.c_str());
  }
  if (created < 0) Broke(block::ErrnoText(-created));
  return created;
}

void CacheFolder::Insert(const std::string& stem, std::shared_ptr<const File> file) {
  {
    const MutexLock lock(mutex_);
    fresh_.emplace_back(file);
  }
  const uint64_t bytes = file->disk_bytes();
  files_.Put(KeyOf(stem), std::move(file), bytes);
}

void CacheFolder::Drop(const std::string& stem) { files_.Erase(KeyOf(stem)); }

void CacheFolder::Settle() {
  std::vector<std::weak_ptr<const File>> fresh;
  {
    const MutexLock lock(mutex_);
    fresh.swap(fresh_);
  }
  const Directory directory = this->directory();
  for (const auto& weak : fresh) {
    const auto file = weak.lock();
    if (file == nullptr || directory == nullptr) continue;
    // A copy that fails here is good for as long as the server runs.
    if (!SettleOne(directory, *file)) tools_.sink.Failed(type_, DiskFault::kWrite);
  }
}

bool CacheFolder::SettleOne(const Directory& directory, const File& file) {
  const std::string name = NewName(file.last_name());
  const block::FileHandle handle(
      tools_.files, tools_.files.OpenToRead(directory->get(), name.c_str(), block::Wait::kMay));
  if (!handle.open() || tools_.files.SyncFile(handle.get()) < 0 ||
      tools_.files.Rename(directory->get(), name.c_str(), directory->get(),
                          file.last_name().c_str()) < 0) {
    return false;
  }
  file.Settled();
  return true;
}

void CacheFolder::Removed(const File& file) {
  if (closing_) return;
  tools_.sink.Removed(type_, file.bytes());
  Unlink(file.name());
}

void CacheFolder::Unlink(const std::string& name) {
  const Directory directory = this->directory();
  if (directory == nullptr) return;
  const int removed = tools_.files.Unlink(directory->get(), name.c_str());
  if (removed < 0 && removed != -ENOENT) tools_.sink.Failed(type_, DiskFault::kRemove);
}

void CacheFolder::Broke(const std::string& why) {
  broken_until_ms_ = tools_.clock.MonotonicMs() + kPauseMs;
  tools_.sink.Failed(type_, DiskFault::kWrite);
  TARN_LOG_WARN("no copies of tables for a minute: {}: {}", path_, why);
}

}  // namespace tarn::sst
