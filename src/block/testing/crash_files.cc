#include "block/testing/crash_files.h"

#include <algorithm>
#include <cerrno>

namespace tarn::block {

CrashFiles::CrashFiles(Options options) : options_(options), random_(options.seed) {
  root_->directory = true;
}

void CrashFiles::CrashAfter(int64_t calls) {
  std::lock_guard lock(mutex_);
  calls_left_ = calls;
}

bool CrashFiles::crashed() const {
  std::lock_guard lock(mutex_);
  return down_;
}

void CrashFiles::FailSyncs(unsigned percent) {
  std::lock_guard lock(mutex_);
  sync_failures_ = percent;
}

void CrashFiles::Reboot() {
  std::lock_guard lock(mutex_);
  std::map<const Node*, NodePtr> done;
  root_ = Survivor(*root_, &done);
  open_.clear();
  calls_left_ = -1;
  down_ = false;
}

void CrashFiles::KillProgram() {
  std::lock_guard lock(mutex_);
  open_.clear();
  calls_left_ = -1;
  down_ = false;
}

/// What is left of a node after the crash: what was synced, and by chance some of the rest.
CrashFiles::NodePtr CrashFiles::Survivor(const Node& node, std::map<const Node*, NodePtr>* done) {
  NodePtr& after = (*done)[&node];
  if (after) return after;
  after = std::make_shared<Node>();
  after->directory = node.directory;
  const NodePtr result = after;
  if (!node.directory) {
    const bool append = node.bytes.starts_with(node.durable_bytes);
    const size_t unsynced = append ? node.bytes.size() - node.durable_bytes.size() : 0;
    result->bytes = node.durable_bytes;
    if (unsynced > 0)
      result->bytes += node.bytes.substr(result->bytes.size(), random_() % unsynced);
    if (Coin()) result->bytes.resize(node.bytes.size());  // the size came through, bytes are zero
    result->durable_bytes = result->bytes;
    return result;
  }
  Names survivors = node.durable_names;
  for (const auto& [name, child] : node.names) {
    const auto old = survivors.find(name);
    const bool same = old != survivors.end() && old->second == child;
    if (!same && Coin()) survivors[name] = child;
  }
  for (auto at = survivors.begin(); at != survivors.end();) {
    const bool removed = !node.names.contains(at->first);
    at = removed && Coin() ? survivors.erase(at) : std::next(at);
  }
  for (const auto& [name, child] : survivors) result->names[name] = Survivor(*child, done);
  result->durable_names = result->names;
  return result;
}

bool CrashFiles::Down() {
  if (calls_left_ > 0) --calls_left_;
  if (calls_left_ == 0) down_ = true;
  return down_;
}

int CrashFiles::Open(NodePtr node) {
  open_[next_file_] = std::move(node);
  return next_file_++;
}

CrashFiles::NodePtr CrashFiles::Get(int file) const {
  const auto found = open_.find(file);
  return found == open_.end() ? nullptr : found->second;
}

CrashFiles::Place CrashFiles::Find(int at, std::string_view path) const {
  NodePtr node = path.starts_with('/') ? root_ : Get(at);
  while (path.starts_with('/')) path.remove_prefix(1);
  for (size_t slash = path.find('/'); node && slash != std::string_view::npos;
       slash = path.find('/')) {
    const auto child = node->names.find(std::string(path.substr(0, slash)));
    node = child == node->names.end() ? nullptr : child->second;
    path.remove_prefix(slash + 1);
  }
  return {std::move(node), std::string(path)};
}

CrashFiles::NodePtr CrashFiles::FindNode(int at, std::string_view path) const {
  const Place place = Find(at, path);
  if (!place.directory) return nullptr;
  if (place.name.empty()) return place.directory;
  const auto found = place.directory->names.find(place.name);
  return found == place.directory->names.end() ? nullptr : found->second;
}

int CrashFiles::OpenDirectory(int at, const char* name) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  NodePtr node = FindNode(at, name);
  if (!node) return -ENOENT;
  return node->directory ? Open(std::move(node)) : -ENOTDIR;
}

int CrashFiles::OpenBase(const char* path, Wait /*wait*/) {
  return OpenDirectory(kNoDirectory, path);
}

int CrashFiles::MakeDirectory(int at, const char* name, uint32_t /*mode*/) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const Place place = Find(at, name);
  if (!place.directory) return -ENOENT;
  if (place.directory->names.contains(place.name)) return -EEXIST;
  auto made = std::make_shared<Node>();
  made->directory = true;
  place.directory->names[place.name] = std::move(made);
  return 0;
}

int CrashFiles::OpenToRead(int at, const char* path, Wait /*wait*/) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  NodePtr node = FindNode(at, path);
  return node ? Open(std::move(node)) : -ENOENT;
}

int CrashFiles::CreateUnnamed(int directory) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  if (!options_.unnamed_files) return -EOPNOTSUPP;
  return Get(directory) ? Open(std::make_shared<Node>()) : -EBADF;
}

int CrashFiles::CreateNamed(int at, const char* name) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const Place place = Find(at, name);
  if (!place.directory) return -ENOENT;
  if (place.directory->names.contains(place.name)) return -EEXIST;
  auto made = std::make_shared<Node>();
  place.directory->names[place.name] = made;
  return Open(std::move(made));
}

int CrashFiles::Link(int file, int at, const char* name) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const Place place = Find(at, name);
  if (!place.directory) return -ENOENT;
  return place.directory->names.emplace(place.name, Get(file)).second ? 0 : -EEXIST;
}

int CrashFiles::Rename(int from_at, const char* from, int to_at, const char* to) {
  std::lock_guard lock(mutex_);
  return Down() ? -EIO : Move(from_at, from, to_at, to);
}

int CrashFiles::RenameNew(int from_at, const char* from, int to_at, const char* to) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  return FindNode(to_at, to) ? -EEXIST : Move(from_at, from, to_at, to);
}

int CrashFiles::Move(int from_at, const char* from, int to_at, const char* to) {
  const Place source = Find(from_at, from);
  const Place target = Find(to_at, to);
  if (!source.directory || !target.directory) return -ENOENT;
  const auto found = source.directory->names.find(source.name);
  if (found == source.directory->names.end()) return -ENOENT;
  target.directory->names[target.name] = found->second;
  source.directory->names.erase(source.name);
  return 0;
}

int CrashFiles::Unlink(int at, const char* name) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const Place place = Find(at, name);
  if (!place.directory) return -ENOENT;
  return place.directory->names.erase(place.name) > 0 ? 0 : -ENOENT;
}

int CrashFiles::SetDirect(int file, bool direct) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  Get(file)->direct = direct;
  return 0;
}

int CrashFiles::Write(int file, std::span<const char> bytes) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const auto address = reinterpret_cast<uintptr_t>(bytes.data());
  if (Get(file)->direct && (address | bytes.size()) % kDirectAlignment != 0) return -EINVAL;
  Get(file)->bytes.append(bytes.data(), bytes.size());
  return 0;
}

int64_t CrashFiles::AppendRange(int file, int from, int64_t offset, int64_t length) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const std::string_view bytes = Get(from)->bytes;
  const size_t start = std::min(static_cast<size_t>(offset), bytes.size());
  const std::string part(bytes.substr(start, static_cast<size_t>(length)));
  Get(file)->bytes.append(part);
  return static_cast<int64_t>(part.size());
}

int64_t CrashFiles::ReadAt(int file, int64_t offset, std::span<char> out, Wait /*wait*/) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const std::string_view bytes = Get(file)->bytes;
  const std::string_view part =
      bytes.substr(std::min(static_cast<size_t>(offset), bytes.size()), out.size());
  std::copy(part.begin(), part.end(), out.begin());
  return static_cast<int64_t>(part.size());
}

int CrashFiles::Stat(int file, FileStatus* out) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const NodePtr node = Get(file);
  *out = {static_cast<int64_t>(node->bytes.size()), {}, !node->directory};
  return 0;
}

int CrashFiles::SyncFile(int file) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  if (SyncFails()) return -EIO;
  const NodePtr node = Get(file);
  if (options_.sync_files) node->durable_bytes = node->bytes;
  return 0;
}

int CrashFiles::SyncDirectory(int directory) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  if (SyncFails()) return -EIO;
  const NodePtr node = Get(directory);
  if (options_.sync_directories) node->durable_names = node->names;
  return 0;
}

int CrashFiles::StatAt(int directory, const char* name, FileStatus* out) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  const NodePtr node = FindNode(directory, name);
  if (!node) return -ENOENT;
  *out = {static_cast<int64_t>(node->bytes.size()), {}, !node->directory};
  return 0;
}

int CrashFiles::List(int directory, std::vector<DirectoryEntry>* entries) {
  std::lock_guard lock(mutex_);
  if (Down()) return -EIO;
  for (const auto& [name, node] : Get(directory)->names)
    entries->push_back({name, node->directory});
  return 0;
}

void CrashFiles::Close(int file) {
  std::lock_guard lock(mutex_);
  open_.erase(file);
}

}  // namespace tarn::block
