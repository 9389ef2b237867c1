#include "block/local/local_walker.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "block/local/file_digest.h"
#include "block/local/file_layer.h"
#include "block/local/open_beneath.h"
#include "codec/fixed.h"
#include "codec/utf8.h"

namespace tarn::block {
namespace {

constexpr size_t kBatchFiles = 256;
constexpr size_t kListBytes = 256 << 10;
/// Files from one directory in a batch from which on opening the directory first is cheaper.
constexpr size_t kOwnDirectoryFiles = 4;

struct Source {
  LocalWalkOptions options;
  std::string path;  ///< The source, absolute.
  bool single = false;
  int directory = -1;  ///< Open: the source, or the base of a single object.
  std::string address_prefix;
  ~Source() {
    if (directory >= 0) close(directory);
  }
  bool stopped() const { return options.stop && options.stop(); }
  /// "/dir/name" for messages.
  std::string FullPath(std::string_view key) const {
    if (single || key.empty() || key == ".") return path;
    return path + (path.ends_with('/') ? "" : "/") + std::string(key);
  }
};

Status Failed(std::string_view action, const std::string& path, int error) {
  const std::string shown = IsValidUtf8(path) ? path : Quote(path);
  return {Code::kIo, std::string(action) + " " + shown + ": " + ErrnoText(error)};
}

int OpenDirectory(int at, const char* path) {
  return OpenBeneath(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/// Consecutive files of one directory.
struct Run {
  std::string directory;  ///< Relative with trailing '/', or empty.
  size_t files = 0;
};

class LocalBatch : public WalkBatch {
 public:
  explicit LocalBatch(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  void Add(const std::string& directory, std::string_view name) {
    if (runs_.empty() || runs_.back().directory != directory) runs_.push_back({directory, 0});
    ++runs_.back().files;
    names_ += name;
    names_ += '\0';
    ++size_;
  }
  size_t size() const override { return size_; }

  Status Read(const std::function<void(const WalkedObject&)>& sink) override {
    const char* name = names_.data();
    for (const Run& run : runs_) TARN_TRY(ReadRun(run, &name, sink));
    return {};
  }

 private:
  Status ReadRun(const Run& run, const char** name,
                 const std::function<void(const WalkedObject&)>& sink) {
    int own = -1;
    if (!run.directory.empty() && run.files >= kOwnDirectoryFiles) {
      const std::string path(run.directory, 0, run.directory.size() - 1);
      own = OpenDirectory(source_->directory, path.c_str());
      if (own < 0) return Failed("open", source_->FullPath(path), -own);
    }
    Status status;
    for (size_t i = 0; i < run.files && status.ok(); ++i) {
      const std::string_view text = *name;
      status = ReadOne(run, own, text, sink);
      *name += text.size() + 1;
    }
    if (own >= 0) close(own);
    return status;
  }

  Status ReadOne(const Run& run, int own, std::string_view name,
                 const std::function<void(const WalkedObject&)>& sink) {
    if (source_->stopped()) return Status(Code::kCancelled);
    const std::string& prefix = source_->address_prefix;
    address_.assign(prefix).append(run.directory).append(name);
    const std::string_view key = std::string_view(address_).substr(prefix.size());
    if (!IsValidUtf8(key)) {
      return {Code::kInvalidValue, "name is not valid UTF-8: " + Quote(source_->FullPath(key))};
    }
    const int at = own >= 0 ? own : source_->directory;
    const char* path = own >= 0 ? name.data() : address_.c_str() + prefix.size();
    FileFacts facts;
    const int error = ReadFileFacts(at, path, source_->options.stop, &facts);
    if (error == ECANCELED) return Status(Code::kCancelled);
    if (error != 0) return Failed("open", source_->FullPath(key), error);
    sink({source_->single ? "" : key,
          address_,
          facts.modified,
          facts.size,
          {facts.md5_hex.data(), facts.md5_hex.size()}});
    return {};
  }

  const std::shared_ptr<const Source> source_;  // shared with the walker and its other batches
  std::vector<Run> runs_;
  std::string names_;  // each ends in a zero byte
  size_t size_ = 0;
  std::string address_;
};

/// The names of one directory, sorted; those of directories end in '/', which is how they sort.
class Listing {
 public:
  explicit Listing(std::string key) : key_(std::move(key)) {}
  const std::string& key() const { return key_; }
  bool done() const { return next_ == entries_.size(); }
  std::string_view Take() {
    const Entry& entry = entries_[next_++];
    return {names_.data() + entry.offset, entry.length};
  }
  void Add(std::string_view name, bool directory) {
    entries_.push_back(
        {0, names_.size(), static_cast<uint32_t>(name.size() + (directory ? 1 : 0))});
    names_ += name;
    if (directory) names_ += '/';
  }
  void Sort() {
    const size_t common = CommonPrefix();
    for (Entry& entry : entries_) entry.order = OrderOf(Name(entry), common);
    std::sort(entries_.begin(), entries_.end(), [this](const Entry& a, const Entry& b) {
      return a.order != b.order ? a.order < b.order : Name(a) < Name(b);
    });
  }

 private:
  struct Entry {
    uint64_t order;  ///< The first bytes in which names differ: decides most comparisons.
    uint64_t offset : 40;
    uint64_t length : 24;
  };
  std::string_view Name(const Entry& entry) const {
    return {names_.data() + entry.offset, entry.length};
  }
  size_t CommonPrefix() const {
    if (entries_.empty()) return 0;
    const std::string_view first = Name(entries_[0]);
    size_t common = first.size();
    for (const Entry& entry : entries_) {
      const std::string_view name = Name(entry);
      common = std::min(common, name.size());
      while (common > 0 && name.substr(0, common) != first.substr(0, common)) --common;
    }
    return common;
  }
  static uint64_t OrderOf(std::string_view name, size_t skip) {
    char bytes[8] = {};
    const std::string_view rest = name.substr(skip, sizeof bytes);
    std::copy(rest.begin(), rest.end(), bytes);
    return LoadBe<uint64_t>(bytes);
  }

  const std::string key_;
  std::string names_;
  std::vector<Entry> entries_;
  size_t next_ = 0;
};

class LocalWalker : public ObjectWalker {
 public:
  explicit LocalWalker(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  /// Lists the directory with that relative path ("" or with trailing '/').
  Status Enter(std::string key) {
    if (source_->stopped()) return Status(Code::kCancelled);
    const std::string path = key.empty() ? "." : key.substr(0, key.size() - 1);
    const int directory = OpenDirectory(source_->directory, path.c_str());
    if (directory < 0) return Failed("open", source_->FullPath(path), -directory);
    Listing listing(std::move(key));
    const int error = List(directory, &listing);
    close(directory);
    if (error != 0) return Failed("read directory", source_->FullPath(path), error);
    listing.Sort();
    levels_.push_back(std::move(listing));
    return {};
  }

  Result<std::unique_ptr<WalkBatch>> Next() override {
    auto batch = std::make_unique<LocalBatch>(source_);
    while (!levels_.empty() && batch->size() < kBatchFiles) {
      Listing& level = levels_.back();
      if (level.done()) {
        levels_.pop_back();
        continue;
      }
      const std::string_view name = level.Take();
      if (IsPassed(level.key(), name)) continue;
      if (name.ends_with('/')) {
        TARN_TRY(Enter(level.key() + std::string(name)));
      } else {
        batch->Add(level.key(), name);
        last_.assign(level.key()).append(name);
      }
    }
    if (batch->size() == 0) return std::unique_ptr<WalkBatch>();
    return std::unique_ptr<WalkBatch>(std::move(batch));
  }
  std::string continuation() const override { return last_; }

 private:
  /// Whether all keys of a file or directory lie before the start of this walk.
  bool IsPassed(const std::string& directory, std::string_view name) const {
    const std::string& after = source_->options.after;
    if (after.empty()) return false;
    const std::string key = directory + std::string(name);
    return name.ends_with('/') ? key < after && !after.starts_with(key) : key <= after;
  }

  /// errno of the failure, or 0.
  int List(int directory, Listing* listing) {
    buffer_.resize(kListBytes);
    for (;;) {
      const ssize_t got = getdents64(directory, buffer_.data(), buffer_.size());
      if (got < 0) return errno;
      if (got == 0) return 0;
      for (ssize_t at = 0; at < got;) {
        const auto* entry = reinterpret_cast<const dirent64*>(buffer_.data() + at);
        at += entry->d_reclen;
        const int error = AddEntry(directory, *entry, listing);
        if (error != 0) return error;
      }
    }
  }

  int AddEntry(int directory, const dirent64& entry, Listing* listing) const {
    const std::string_view name = entry.d_name;
    if (name == "." || name == "..") return 0;
    if (name[0] == '.' && !source_->options.hidden) return 0;
    unsigned char type = entry.d_type;
    if (type == DT_UNKNOWN) {
      struct stat status;
      if (fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return errno;
      type = S_ISREG(status.st_mode) ? DT_REG : S_ISDIR(status.st_mode) ? DT_DIR : DT_LNK;
    }
    if (type == DT_REG || type == DT_DIR) listing->Add(name, type == DT_DIR);
    return 0;
  }

  const std::shared_ptr<const Source> source_;  // shared with batches, which outlive the walker
  std::vector<Listing> levels_;
  std::vector<char> buffer_;
  std::string last_;  // key of the last file listed
};

/// Where a walk over a single object goes on after it.
constexpr const char* kAll = "all";

/// Walks exactly one object.
class SingleWalker : public ObjectWalker {
 public:
  explicit SingleWalker(std::unique_ptr<WalkBatch> batch) : batch_(std::move(batch)) {}
  Result<std::unique_ptr<WalkBatch>> Next() override { return std::move(batch_); }
  std::string continuation() const override { return batch_ ? "" : kAll; }

 private:
  std::unique_ptr<WalkBatch> batch_;
};

std::string WithSlash(std::string text) {
  if (!text.ends_with('/')) text += '/';
  return text;
}

bool IsHidden(std::string_view path) { return path.substr(path.rfind('/') + 1).starts_with('.'); }

}  // namespace

Result<std::unique_ptr<ObjectWalker>> OpenLocalWalker(LocalWalkOptions options, WalkKind kind) {
  auto source = std::make_shared<Source>();
  source->options = std::move(options);
  source->single = kind == WalkKind::kObject;
  const std::string base = WithSlash(source->options.base);
  const std::string& below = source->options.path;
  source->path = below == "." ? source->options.base : base + below;
  const bool passed_over = IsHidden(source->path) && !source->options.hidden;
  const int directory = open(base.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return Failed("open", source->path, errno);
  source->directory = directory;
  if (source->single) {
    if (passed_over)
      return Status(Code::kForbidden, "hidden files are not imported: " + source->path);
    source->address_prefix = "local://" + base;
    auto batch = source->options.after == kAll ? nullptr : std::make_unique<LocalBatch>(source);
    if (batch) batch->Add("", below);
    return std::unique_ptr<ObjectWalker>(std::make_unique<SingleWalker>(std::move(batch)));
  }
  source->directory = OpenDirectory(directory, below.c_str());
  close(directory);
  if (source->directory < 0) return Failed("open", source->path, -source->directory);
  source->address_prefix = "local://" + WithSlash(source->path);
  auto walker = std::make_unique<LocalWalker>(std::move(source));
  if (!passed_over) TARN_TRY(walker->Enter(""));
  return std::unique_ptr<ObjectWalker>(std::move(walker));
}

}  // namespace tarn::block
