// The lakes of the sample data: nobody has seen them, and they are always the same. Level 7; pure.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::catalog {

inline constexpr std::string_view kSampleLakesPath = "lakes.parquet";
inline constexpr std::string_view kParquetType = "application/vnd.apache.parquet";
inline constexpr int64_t kSampleLakes = 100'000;

struct SampleCountry {
  std::string_view name;
  uint64_t thousandths = 0;  ///< Of all lakes.
  uint64_t deepest_m = 0;    ///< No lake is deeper.
};
std::span<const SampleCountry> SampleCountries();

struct SampleLake {
  std::string name;
  size_t country = 0;  ///< Index of SampleCountries.
  double depth_m = 0;  ///< Over 0, in whole centimetres.
};
/// `id` from 1 to kSampleLakes.
SampleLake SampleLakeOf(int64_t id);

/// Writes the table as a Parquet file of less than a MiB, piece by piece. Columns: Hylak_id
/// (64-bit integer, 1 to kSampleLakes), Lake_name, Country (texts), Depth_m (double). Fails as
/// `sink` does.
Status WriteSampleLakes(const std::function<Status(std::string_view)>& sink);

}  // namespace tarn::catalog
