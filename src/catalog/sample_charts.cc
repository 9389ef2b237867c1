#include "catalog/sample_charts.h"

#include <algorithm>
#include <array>

#include "catalog/sample_lakes.h"
#include "codec/png.h"

namespace tarn::catalog {
namespace {

constexpr size_t kBars = 40;
using Counts = std::array<uint32_t, kBars>;

std::vector<Counts> CountDepths() {
  const auto countries = SampleCountries();
  std::vector<Counts> counts(countries.size());
  for (int64_t id = 1; id <= kSampleLakes; ++id) {
    const SampleLake lake = SampleLakeOf(id);
    const double share = lake.depth_m / static_cast<double>(countries[lake.country].deepest_m);
    ++counts[lake.country][std::min(kBars - 1, static_cast<size_t>(share * kBars))];
  }
  return counts;
}

std::string Draw(const Counts& counts) {
  constexpr uint32_t kStep = 12, kBar = 10, kHeight = 240, kAxis = 2;
  enum : uint8_t { kPaper, kInk, kWater };
  Picture picture(kBars * kStep, kHeight + kAxis,
                  {{255, 255, 255}, {0x22, 0x30, 0x3a}, {0x1f, 0x7a, 0x8c}});
  const uint32_t most = std::max(1u, *std::max_element(counts.begin(), counts.end()));
  for (uint32_t i = 0; i < kBars; ++i) {
    const auto height = static_cast<uint32_t>(uint64_t{counts[i]} * kHeight / most);
    picture.Fill(i * kStep, kHeight - height, kBar, height, kWater);
  }
  picture.Fill(0, kHeight, kBars * kStep, kAxis, kInk);
  return picture.Png();
}

/// "images/depths-new-zealand.png"
std::string PathOf(std::string_view country) {
  std::string path = "images/depths-";
  for (const char c : country) {
    path += c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return path + ".png";
}

}  // namespace

std::vector<SampleChart> SampleCharts() {
  const std::vector<Counts> counts = CountDepths();
  std::vector<SampleChart> charts;
  for (size_t i = 0; i < counts.size(); ++i) {
    charts.push_back({PathOf(SampleCountries()[i].name), Draw(counts[i])});
  }
  return charts;
}

}  // namespace tarn::catalog
