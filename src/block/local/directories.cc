#include "block/local/directories.h"

#include <cerrno>
#include <utility>

namespace tarn::block {
namespace {
constexpr uint32_t kDirectoryMode = 0750;
}  // namespace

Directory::Directory(FileLayer& layer, FileHandle handle)
    : layer_(layer), handle_(std::move(handle)) {
  FileStatus status;
  if (layer_.Stat(handle_.get(), &status) == 0) device_ = status.device;
}

int Directory::Sync() {
  Waiter self;
  bool must_wait;
  {
    const MutexLock lock(mutex_);
    must_wait = std::exchange(busy_, true);
    if (must_wait) waiting_.push_back(&self);
  }
  if (must_wait) {
    self.parker.Park();
    if (!self.leads) return self.error;
  }
  std::vector<Waiter*> group;
  {
    const MutexLock lock(mutex_);
    group.swap(waiting_);
  }
  const int error = layer_.SyncDirectory(file());
  Waiter* next = nullptr;
  {
    const MutexLock lock(mutex_);
    busy_ = !waiting_.empty();
    if (busy_) {
      next = waiting_.back();
      waiting_.pop_back();
      next->leads = true;
    }
  }
  // The disk first, then the others: what is released may be gone at once.
  if (next) next->parker.Unpark();
  for (Waiter* waiter : group) {
    waiter->error = error;
    waiter->parker.Unpark();
  }
  return error;
}

Directories::Opened Directories::Open(std::string_view path) {
  if (path.empty()) return {root_, 0};
  const MutexLock lock(mutex_);
  const auto found = slots_.find(path);
  if (found != slots_.end()) {
    order_.splice(order_.begin(), order_, found->second.place);
    return {found->second.directory, 0};
  }
  return OpenLocked(std::string(path));
}

Directories::Opened Directories::OpenLocked(const std::string& path) {
  const size_t slash = path.rfind('/');
  Opened parent = {root_, 0};
  std::string name = path;
  if (slash != std::string::npos) {
    const std::string above = path.substr(0, slash);
    name = path.substr(slash + 1);
    const auto found = slots_.find(above);
    parent = found != slots_.end() ? Opened{found->second.directory, 0} : OpenLocked(above);
    if (!parent.directory) return parent;
  }
  const int made = layer_.MakeDirectory(parent.directory->file(), name.c_str(), kDirectoryMode);
  if (made < 0 && made != -EEXIST) return {nullptr, made};
  const int file = layer_.OpenDirectory(parent.directory->file(), name.c_str());
  if (file < 0) return {nullptr, file};
  auto directory = std::make_shared<Directory>(layer_, FileHandle(layer_, file));
  // Also when it was there already: whoever made it may have been killed before it was durable.
  const int synced = parent.directory->Sync();
  if (synced < 0) return {nullptr, synced};

  order_.push_front(path);
  slots_[order_.front()] = {directory, order_.begin()};
  if (order_.size() > kOpenDirectoriesMax) {
    slots_.erase(order_.back());
    order_.pop_back();
  }
  return {directory, 0};
}

void Directories::Forget(std::string_view path) {
  const MutexLock lock(mutex_);
  for (;;) {
    const auto found = slots_.find(path);
    if (found != slots_.end()) {
      const auto place = found->second.place;
      slots_.erase(found);
      order_.erase(place);
    }
    const size_t slash = path.rfind('/');
    if (slash == std::string_view::npos) return;
    path = path.substr(0, slash);
  }
}

}  // namespace tarn::block
