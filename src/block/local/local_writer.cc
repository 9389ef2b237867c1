#include "block/local/local_writer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/blocking.h"
#include "base/check.h"
#include "codec/hex.h"

namespace tarn::block {
namespace {

constexpr size_t kBufferBytesMax = 64 << 10;
// Below it, writing block by block takes longer than writing into the cache and syncing that.
constexpr int64_t kLargeBytesMin = 16 << 20;
constexpr size_t kBlockBytes = 1 << 20;
static_assert(kBlockBytes % kDirectAlignment == 0);

std::string NewTemporaryName() {
  uint8_t bytes[16];
  SystemRandom().Fill(bytes);
  // Hidden, should it have to stand among objects.
  return std::string(kTemporaryPrefix) +
         ToHex({reinterpret_cast<const char*>(bytes), sizeof bytes});
}

std::string_view DirectoryOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? "" : path.substr(0, slash);
}

const char* NameOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return path.c_str() + (slash == std::string::npos ? 0 : slash + 1);
}

}  // namespace

Status WriteFailed(int error) {
  const Code code = error == -ENOSPC || error == -EDQUOT ? Code::kNoSpace : Code::kWriteFailed;
  return Status(code, "failed to write to storage: " + ErrnoText(-error))
      .WithRetry(RetryOfErrno(-error));
}

Result<std::optional<ObjectProperties>> LinkObject(WriterContext& context, int file, int64_t size,
                                                   const std::string& to) {
  const std::shared_ptr<Directory> directory = context.directories.Open(DirectoryOf(to)).directory;
  // Whatever is wrong here, copying the bytes finds it out again, and says so or gets around it.
  if (!directory || context.layer.Link(file, directory->file(), NameOf(to)) < 0)
    return std::optional<ObjectProperties>();
  const int synced = directory->Sync();
  if (synced < 0) return WriteFailed(synced);
  return std::optional(ObjectProperties{size, context.clock.Now()});
}

LocalWriter::LocalWriter(WriterContext& context, std::string path, const WriteOptions& options)
    : context_(context), path_(std::move(path)), create_only_(options.create_only) {
  const int64_t hint = options.size_hint.value_or(0);
  large_ = hint >= kLargeBytesMin;
  if (!large_) buffer_.reserve(static_cast<size_t>(std::clamp<int64_t>(hint, 0, kBufferBytesMax)));
}

LocalWriter::~LocalWriter() {
  if (temporary_name_.empty()) return;
  context_.layer.Unlink(temporary()->file(), temporary_name_.c_str());
}

std::string_view LocalWriter::directory_path() const { return DirectoryOf(path_); }

const char* LocalWriter::name() const { return NameOf(path_); }

Status LocalWriter::Write(std::span<const char> bytes) {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!spent_);
  size_ += static_cast<int64_t>(bytes.size());
  if (large_) return WriteDirect(bytes);
  if (buffer_.size() + bytes.size() <= kBufferBytesMax) {
    buffer_.append(bytes.data(), bytes.size());
    return {};
  }
  TARN_TRY(WriteThrough(buffer_));
  buffer_.clear();
  return WriteThrough(bytes);
}

Status LocalWriter::WriteThrough(std::span<const char> bytes) {
  if (bytes.empty()) return {};
  if (!file_.open()) TARN_TRY(OpenFile());
  const int error = context_.layer.Write(file_.get(), bytes);
  if (error >= 0) return {};
  spent_ = true;
  return WriteFailed(error);
}

Status LocalWriter::Append(ObjectStore& store, const ObjectPointer& from, int64_t offset,
                           int64_t length) {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!spent_);
  TARN_TRY_ASSIGN(const auto source, store.Open(from, {offset, length}));
  if (source->file_descriptor() < 0) return ObjectWriter::Append(store, from, offset, length);
  TARN_TRY(WriteThrough(buffer_));
  buffer_.clear();
  TARN_TRY(FinishDirect());
  if (!file_.open()) TARN_TRY(large_ ? OpenDirect() : OpenFile());
  while (length > 0) {
    const int64_t copied =
        context_.layer.AppendRange(file_.get(), source->file_descriptor(), offset, length);
    if (copied == -EOPNOTSUPP) return ObjectWriter::Append(store, from, offset, length);
    if (copied > 0) {
      size_ += copied;
      offset += copied;
      length -= copied;
      continue;
    }
    spent_ = true;
    if (copied == 0) return {Code::kIo, "object is shorter than its store says"};
    return WriteFailed(static_cast<int>(copied));
  }
  return {};
}

Status LocalWriter::OpenDirect() {
  TARN_TRY(OpenFile());
  context_.layer.SetDirect(file_.get(), true);
  return {};
}

Status LocalWriter::WriteDirect(std::span<const char> bytes) {
  if (!file_.open()) TARN_TRY(OpenDirect());
  if (!block_) {
    block_.reset(static_cast<char*>(std::aligned_alloc(kDirectAlignment, kBlockBytes)));
    TARN_CHECK(block_ != nullptr);
  }
  while (!bytes.empty()) {
    const size_t taken = std::min(bytes.size(), kBlockBytes - block_bytes_);
    std::copy_n(bytes.data(), taken, block_.get() + block_bytes_);
    block_bytes_ += taken;
    bytes = bytes.subspan(taken);
    if (block_bytes_ == kBlockBytes) {
      TARN_TRY(WriteThrough({block_.get(), kBlockBytes}));
      block_bytes_ = 0;
    }
  }
  return {};
}

/// Writes the last, partial block: only whole blocks can go past the cache.
Status LocalWriter::FinishDirect() {
  if (block_bytes_ == 0) return {};
  context_.layer.SetDirect(file_.get(), false);
  const size_t bytes = std::exchange(block_bytes_, 0);
  return WriteThrough({block_.get(), bytes});
}

Status LocalWriter::OpenFile() {
  for (int attempt = 0;; ++attempt) {
    const Directories::Opened opened = context_.directories.Open(directory_path());
    if (!opened.directory) return WriteFailed(opened.error);
    directory_ = opened.directory;
    int file = context_.layer.CreateUnnamed(directory_->file());
    if (file == -EOPNOTSUPP) {
      temporary_name_ = NewTemporaryName();
      file = context_.layer.CreateNamed(temporary()->file(), temporary_name_.c_str());
      if (file < 0) temporary_name_.clear();
    }
    if (file >= 0) {
      file_ = FileHandle(context_.layer, file);
      return {};
    }
    // Someone removed the directory behind our back (ext4 says EPERM): it is made again, once.
    const bool removed = file == -ENOENT || file == -EPERM;
    if (!removed || attempt > 0) return WriteFailed(file);
    context_.directories.Forget(directory_path());
  }
}

Result<ObjectProperties> LocalWriter::Commit() {
  TARN_TRY(RequireBlocking());
  TARN_CHECK(!spent_);
  spent_ = true;
  if (!file_.open()) TARN_TRY(OpenFile());
  if (!buffer_.empty()) TARN_TRY(WriteThrough(buffer_));
  TARN_TRY(FinishDirect());
  const int synced = context_.layer.SyncFile(file_.get());
  if (synced < 0) return WriteFailed(synced);
  TARN_TRY(Publish());
  return ObjectProperties{size_, context_.clock.Now()};
}

/// Others may have used the name by the time that its sync fails, so it is never taken back.
Status LocalWriter::Publish() {
  int error = GiveName();
  if (error == -ENOENT) {  // the directory was removed meanwhile
    context_.directories.Forget(directory_path());
    const Directories::Opened opened = context_.directories.Open(directory_path());
    if (!opened.directory) return WriteFailed(opened.error);
    directory_ = opened.directory;
    error = GiveName();
  }
  const bool taken = create_only_ && error == -EEXIST;
  if (error < 0 && !taken) return WriteFailed(error);
  file_.Reset();
  error = directory_->Sync();
  if (error < 0) return WriteFailed(error);
  return taken ? Status(Code::kAlreadyExists, "already exists") : Status();
}

int LocalWriter::GiveName() {
  if (temporary_name_.empty()) {
    const int linked = LinkUnnamed();
    if (linked < 0 || temporary_name_.empty()) return linked;
  }
  const int from = temporary()->file();
  const int error =
      create_only_
          ? context_.layer.RenameNew(from, temporary_name_.c_str(), directory_->file(), name())
          : context_.layer.Rename(from, temporary_name_.c_str(), directory_->file(), name());
  if (error == 0) temporary_name_.clear();
  return error;
}

/// Gives the final name, or a first one if that is taken and will be replaced: only a rename can.
int LocalWriter::LinkUnnamed() {
  const int error = context_.layer.Link(file_.get(), directory_->file(), name());
  if (error != -EEXIST || create_only_) return error;
  std::string first = NewTemporaryName();
  const int linked = context_.layer.Link(file_.get(), temporary()->file(), first.c_str());
  if (linked == 0) temporary_name_ = std::move(first);
  return linked;
}

const std::shared_ptr<Directory>& LocalWriter::temporary() const {
  // Below the root others may be mounted, where no rename leads to.
  return directory_->device() == context_.temporary->device() ? context_.temporary : directory_;
}

}  // namespace tarn::block
