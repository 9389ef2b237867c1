#include "codec/testing/golden_data.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

namespace tarn {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kGzip = ".gz";

/// Where the file or folder is: in ../shared before tests/golden.
std::optional<fs::path> Find(std::string_view name) {
  for (const char* root : {"../shared", "tests/golden"}) {
    const fs::path path = fs::path(root) / name;
    if (fs::exists(path)) return path;
    if (fs::exists(path.string() + std::string(kGzip))) return path.string() + std::string(kGzip);
    const char* const required = std::getenv("TARN_SHARED");
    if (required != nullptr && std::string_view(required) == "required") {
      ADD_FAILURE() << path << " is required and absent";
      return std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> ReadGolden(std::string_view name) {
  const auto path = Find(name);
  if (!path) return std::nullopt;
  const gzFile file = gzopen(path->c_str(), "rb");  // Passes plain files through.
  EXPECT_NE(file, nullptr) << *path;
  if (file == nullptr) return std::nullopt;
  std::string bytes;
  char chunk[1 << 16];
  for (int got; (got = gzread(file, chunk, sizeof chunk)) > 0;) {
    bytes.append(chunk, static_cast<size_t>(got));
  }
  EXPECT_EQ(gzclose(file), Z_OK) << *path;
  return bytes;
}

std::vector<std::string> ListGolden(std::string_view folder) {
  std::vector<std::string> names;
  const auto path = Find(folder);
  if (!path) return names;
  for (const auto& entry : fs::directory_iterator(*path)) {
    std::string name = entry.path().filename().string();
    if (name.ends_with(kGzip)) name.resize(name.size() - kGzip.size());
    names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace tarn
