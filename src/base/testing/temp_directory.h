// A directory that is there for one test. Level 0, for tests only.
#pragma once

#include <filesystem>
#include <string>

#include "base/check.h"

namespace tarn {

/// Where many small files are made fast: in memory, if there is such a place.
inline std::filesystem::path FastTempParent() {
  const std::filesystem::path shared_memory = "/dev/shm";
  return std::filesystem::exists(shared_memory) ? shared_memory
                                                : std::filesystem::temp_directory_path();
}

class TempDirectory {
 public:
  explicit TempDirectory(
      const std::filesystem::path& parent = std::filesystem::temp_directory_path()) {
    std::string name = (parent / "tarn-test-XXXXXX").string();
    TARN_CHECK(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TempDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tarn
