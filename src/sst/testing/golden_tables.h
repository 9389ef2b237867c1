// Golden tables (fixtures/sst of codec/testing/golden_data.h), written by the real reference.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace tarn::sst {

struct GoldenTable {
  std::string id;
  std::string bytes;           ///< The file.
  boost::json::value listing;  ///< What it holds, by an independent reader.
};

/// Ids of all golden tables; nothing if there are none.
std::optional<std::vector<std::string>> GoldenTableIds();
/// Reads one; fails the test if it cannot.
GoldenTable ReadGoldenTable(const std::string& id);

}  // namespace tarn::sst
