#include "block/local/file_reader.h"

#include <cerrno>
#include <utility>

namespace tarn::block {
namespace {

class FileReader final : public ObjectReader {
 public:
  FileReader(FileLayer& layer, FileHandle file, ObjectProperties properties)
      : layer_(layer), file_(std::move(file)), properties_(std::move(properties)) {}

  ObjectProperties properties() const override { return properties_; }
  int file_descriptor() const override { return file_.get(); }

  Result<size_t> ReadAt(int64_t offset, std::span<char> out) override {
    if (offset < 0) return Status(Code::kInvalidValue, "bad index");
    const Wait wait = AllowedWait();
    size_t total = 0;
    while (total < out.size()) {
      const int64_t at = offset + static_cast<int64_t>(total);
      const int64_t got = layer_.ReadAt(file_.get(), at, out.subspan(total), wait);
      if (got == -EAGAIN && wait == Wait::kMustNot) return Status(Code::kWouldBlock);
      if (got < 0) return Status(Code::kIo, "read object: " + ErrnoText(static_cast<int>(-got)));
      if (got == 0) break;
      total += static_cast<size_t>(got);
      if (at + got >= properties_.size) break;
    }
    return total;
  }

 private:
  FileLayer& layer_;
  FileHandle file_;
  const ObjectProperties properties_;
};

}  // namespace

std::unique_ptr<ObjectReader> ReadFile(FileLayer& layer, FileHandle file,
                                       ObjectProperties properties) {
  return std::make_unique<FileReader>(layer, std::move(file), std::move(properties));
}

}  // namespace tarn::block
