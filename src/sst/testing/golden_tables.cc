#include "sst/testing/golden_tables.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>

namespace tarn::sst {
namespace {

/// Reads a file, or the compressed one beside it.
std::string ReadFile(const std::string& path) {
  const std::string name = std::filesystem::exists(path) ? path : path + ".gz";
  gzFile file = gzopen(name.c_str(), "rb");  // Passes files through that are not compressed.
  if (file == nullptr) {
    ADD_FAILURE() << "cannot read " << name;
    return "";
  }
  std::string bytes;
  char chunk[65536];
  for (int got; (got = gzread(file, chunk, sizeof chunk)) > 0;) {
    bytes.append(chunk, static_cast<size_t>(got));
  }
  gzclose(file);
  return bytes;
}

}  // namespace

std::optional<std::vector<std::string>> GoldenTableIds() {
  const std::string path = std::string(kGoldenFolder) + "/index.json";
  if (!std::filesystem::exists(path)) {
    const char* shared = std::getenv("TARN_SHARED");
    if (shared != nullptr && std::string_view(shared) == "required") {
      ADD_FAILURE() << path << " is missing";
    }
    return std::nullopt;
  }
  std::vector<std::string> ids;
  const boost::json::value index = boost::json::parse(ReadFile(path));
  for (const auto& file : index.at("files").as_array()) {
    ids.emplace_back(file.at("id").as_string());
  }
  return ids;
}

GoldenTable ReadGoldenTable(const std::string& id) {
  const std::string stem = std::string(kGoldenFolder) + "/" + id;
  return {id, ReadFile(stem + ".sst"), boost::json::parse(ReadFile(stem + ".json"))};
}

}  // namespace tarn::sst
