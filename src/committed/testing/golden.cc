#include "committed/testing/golden.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "codec/testing/golden_data.h"

namespace tarn::committed {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTakeoverData = "../shared/fixtures/takeover-a/data.tar.gz";
constexpr size_t kTableIdLength = 64;

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Puts the file of a table; its name begins with the id.
void PutTable(block::ObjectStore& objects, const StorageNamespace& ns, std::string_view name,
              std::string_view bytes) {
  const std::string address = "_lakefs/" + std::string(name.substr(0, kTableIdLength));
  auto put = block::PutObject(objects, {ns.view(), address, AddressType::kRelative}, bytes);
  EXPECT_TRUE(put.ok()) << put.status().ToString();
}

}  // namespace

bool LoadGoldenTables(block::ObjectStore& objects, const StorageNamespace& ns) {
  const std::string folder = "fixtures/sst";
  bool found = false;
  for (const std::string& name : ListGolden(folder)) {
    if (!name.ends_with(".sst")) continue;
    PutTable(objects, ns, name, ReadGolden(folder + "/" + name).value_or(""));
    found = true;
  }
  return found;
}

bool HaveTakeoverTables() {
  if (fs::exists(kTakeoverData)) return true;
  const char* required = getenv("TARN_SHARED");
  EXPECT_FALSE(required != nullptr && std::string_view(required) == "required") << kTakeoverData;
  return false;
}

void LoadTakeoverTables(block::ObjectStore& objects, const StorageNamespace& ns) {
  std::string folder = (fs::temp_directory_path() / "tarn-golden-XXXXXX").string();
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string unpack =
      std::string("tar -xzf ") + kTakeoverData + " -C " + folder + " --wildcards '*/_lakefs/*'";
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  for (const auto& file : fs::recursive_directory_iterator(folder)) {
    const bool is_table = file.is_regular_file() &&
                          file.path().parent_path().filename() == "_lakefs" &&
                          file.path().filename().string().size() == kTableIdLength;
    if (is_table) PutTable(objects, ns, file.path().filename().string(), ReadFile(file.path()));
  }
  fs::remove_all(folder);
}

std::map<std::string, GoldenCommit> TakeoverCommits() {
  std::map<std::string, GoldenCommit> commits;
  const boost::json::value all =
      boost::json::parse(ReadGolden("fixtures/sst/commits.json").value_or(""));
  for (const boost::json::value& record : all.at("commits").as_array()) {
    if (record.at("fixture").as_string() != "takeover-a") continue;
    GoldenCommit commit;
    commit.id = record.at("id").as_string();
    commit.tree = MetarangeId(std::string_view(record.at("meta_range_id").as_string()));
    commit.generation = record.at("generation").as_int64();
    for (const auto& parent : record.at("parents").as_array()) {
      commit.parents.emplace_back(parent.as_string());
    }
    const boost::json::value& metadata = record.at("metadata");
    if (metadata.is_object() && metadata.as_object().contains(".lakefs.merge.strategy")) {
      commit.strategy = metadata.at(".lakefs.merge.strategy").as_string();
    }
    commits[commit.id] = std::move(commit);
  }
  return commits;
}

}  // namespace tarn::committed
