#include "kv/rocksdb/directory_check.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace tarn::kv::rocks {
namespace {

namespace fs = std::filesystem;

bool HasBadgerManifest(const fs::path& directory) {
  std::ifstream file(directory / "MANIFEST", std::ios::binary);
  std::array<char, 4> magic{};
  file.read(magic.data(), magic.size());
  return file.gcount() == 4 && std::string_view(magic.data(), magic.size()) == "Bdgr";
}

bool IsBadgerName(std::string_view name) {
  return name == "KEYREGISTRY" || name.ends_with(".vlog");
}

// Names that RocksDB gives; a crash while a database is made may leave any of them.
bool IsRocksDbName(std::string_view name) {
  constexpr std::array<std::string_view, 5> kNames = {"CURRENT", "IDENTITY", "LOCK", "LOG",
                                                      "lost+found"};
  constexpr std::array<std::string_view, 3> kPrefixes = {"MANIFEST-", "OPTIONS-", "LOG.old"};
  if (std::find(kNames.begin(), kNames.end(), name) != kNames.end()) return true;
  for (const auto prefix : kPrefixes) {
    if (name.starts_with(prefix)) return true;
  }
  const size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  const std::string_view rest = name.substr(digits);
  return digits > 0 && (rest == ".log" || rest == ".sst" || rest == ".dbtmp" || rest == ".blob");
}

Status HoldsBadger(const std::string& path) {
  return Status(
      Code::kUnsupported,
      fmt::format("{} holds lakeFS's own embedded database, which Tarn does not open; it was left "
                  "as it is. Point database.local.path to another directory, and bring the data "
                  "over by a dump and a load of the repositories' references",
                  path));
}

}  // namespace

Status CheckDirectory(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return Status();
  if (!error && status.type() != fs::file_type::directory) {
    return Status(Code::kUnsupported,
                  fmt::format("{} is not a directory; set database.local.path to one", path));
  }
  std::string foreign;
  bool ours = false;
  for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (IsBadgerName(name)) return HoldsBadger(path);
    if (name == "CURRENT") ours = true;
    if (!IsRocksDbName(name) && (foreign.empty() || name < foreign)) foreign = name;
  }
  if (error) {
    return Status(Code::kIo, fmt::format("cannot read the directory {} of the metadata database: "
                                         "{}",
                                         path, error.message()));
  }
  if (HasBadgerManifest(path)) return HoldsBadger(path);
  if (!foreign.empty() && !ours) {
    return Status(Code::kUnsupported,
                  fmt::format("{} holds other files ({}) and no metadata database; set "
                              "database.local.path to an empty or a new directory",
                              path, foreign));
  }
  return Status();
}

Status LockedBy(const std::string& path) {
  std::string holder = "another process";
  // Closing this descriptor gives up nothing: the lock is not ours.
  const int file = open((path + "/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (file >= 0) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK) {
      std::string name;
      std::ifstream comm(fmt::format("/proc/{}/comm", lock.l_pid));
      std::getline(comm, name);
      holder = name.empty() ? fmt::format("process {}", lock.l_pid)
                            : fmt::format("process {} ({})", lock.l_pid, name);
    }
    close(file);
  }
  return Status(Code::kConflict,
                fmt::format("the metadata database in {} is in use by {}; stop that one first, or "
                            "set database.local.path to another directory",
                            path, holder));
}

}  // namespace tarn::kv::rocks
