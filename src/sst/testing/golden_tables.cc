#include "sst/testing/golden_tables.h"

#include <gtest/gtest.h>

#include "codec/testing/golden_data.h"

namespace tarn::sst {
namespace {

constexpr std::string_view kFolder = "fixtures/sst/";

std::string MustRead(const std::string& name) {
  const auto bytes = ReadGolden(std::string(kFolder) + name);
  EXPECT_TRUE(bytes) << name;
  return bytes.value_or("");
}

}  // namespace

std::optional<std::vector<std::string>> GoldenTableIds() {
  const auto index = ReadGolden(std::string(kFolder) + "index.json");
  if (!index) return std::nullopt;
  std::vector<std::string> ids;
  const boost::json::value parsed = boost::json::parse(*index);
  for (const auto& file : parsed.at("files").as_array()) {
    ids.emplace_back(file.at("id").as_string());
  }
  return ids;
}

GoldenTable ReadGoldenTable(const std::string& id) {
  return {id, MustRead(id + ".sst"), boost::json::parse(MustRead(id + ".json"))};
}

}  // namespace tarn::sst
