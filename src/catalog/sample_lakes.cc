#include "catalog/sample_lakes.h"

#include <array>
#include <string>

#include "codec/parquet.h"

namespace tarn::catalog {
namespace {

constexpr int64_t kRowsOfGroup = 25'000;

constexpr std::array kCountries = {
    SampleCountry{"Canada", 260, 420},       SampleCountry{"Russia", 180, 400},
    SampleCountry{"United States", 96, 380}, SampleCountry{"Finland", 70, 95},
    SampleCountry{"Sweden", 64, 140},        SampleCountry{"Norway", 52, 390},
    SampleCountry{"China", 38, 150},         SampleCountry{"Argentina", 30, 310},
    SampleCountry{"Chile", 28, 360},         SampleCountry{"Kazakhstan", 26, 70},
    SampleCountry{"Brazil", 24, 45},         SampleCountry{"Iceland", 18, 180},
    SampleCountry{"Denmark", 16, 38},        SampleCountry{"Poland", 14, 80},
    SampleCountry{"Germany", 13, 120},       SampleCountry{"Scotland", 12, 230},
    SampleCountry{"Estonia", 10, 30},        SampleCountry{"Ireland", 9, 65},
    SampleCountry{"Switzerland", 8, 370},    SampleCountry{"New Zealand", 8, 340},
    SampleCountry{"Australia", 7, 60},       SampleCountry{"Turkey", 6, 210},
    SampleCountry{"Mongolia", 5, 260},       SampleCountry{"Japan", 4, 330},
    SampleCountry{"Uganda", 2, 100},
};

constexpr uint64_t SumOfThousandths() {
  uint64_t sum = 0;
  for (const SampleCountry& country : kCountries) sum += country.thousandths;
  return sum;
}
static_assert(SumOfThousandths() == 1000);

constexpr std::array<std::string_view, 16> kFirstNames = {
    "Amber", "Birch", "Black", "Cold",  "Deer", "Eagle", "Fern",  "Grey",
    "Heron", "Long",  "Moss",  "Otter", "Reed", "Stone", "White", "Wolf"};
constexpr std::array<std::string_view, 16> kSecondNames = {
    "Bay Lake",    "Beck Water", "Brook Lake", "Down Lake", "Fall Lake",  "Ford Water",
    "Hollow Lake", "Ice Lake",   "Mere",       "Moor Lake", "Night Lake", "Pond",
    "Rock Lake",   "Sound",      "Tarn",       "Wood Lake"};

/// A number that looks random and depends on nothing but its arguments (splitmix64).
uint64_t Mixed(int64_t lake, uint64_t question) {
  uint64_t x = static_cast<uint64_t>(lake) * 4 + question;
  x = (x + 1) * 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

size_t CountryOf(int64_t lake) {
  uint64_t left = Mixed(lake, 0) % 1000;
  size_t i = 0;
  while (left >= kCountries[i].thousandths) left -= kCountries[i++].thousandths;
  return i;
}

std::string NameOf(int64_t lake) {
  const uint64_t mixed = Mixed(lake, 1);
  return std::string(kFirstNames[mixed % 16]) + " " + std::string(kSecondNames[mixed / 16 % 16]);
}

/// Most lakes are shallow: the product of two even distributions.
double DepthOf(int64_t lake, uint64_t deepest_m) {
  constexpr uint64_t kCentimetres = 100, kSteps = 10'000;
  const uint64_t mixed = Mixed(lake, 2);
  const uint64_t product = (mixed >> 32) % kSteps * ((mixed & 0xffffffff) % kSteps);
  return static_cast<double>(1 + product / kSteps * deepest_m * kCentimetres / kSteps) /
         kCentimetres;
}

}  // namespace

std::span<const SampleCountry> SampleCountries() { return kCountries; }

SampleLake SampleLakeOf(int64_t id) {
  const size_t country = CountryOf(id);
  return {NameOf(id), country, DepthOf(id, kCountries[country].deepest_m)};
}

Status WriteSampleLakes(const std::function<Status(std::string_view)>& sink) {
  ParquetWriter writer({{"Hylak_id", ParquetType::kInt64},
                        {"Lake_name", ParquetType::kText},
                        {"Country", ParquetType::kText},
                        {"Depth_m", ParquetType::kDouble}});
  std::string piece;
  for (int64_t id = 1; id <= kSampleLakes; ++id) {
    const SampleLake lake = SampleLakeOf(id);
    writer.AddInt(0, id);
    writer.AddText(1, lake.name);
    writer.AddText(2, kCountries[lake.country].name);
    writer.AddDouble(3, lake.depth_m);
    writer.EndRow();
    if (writer.pending_rows() < kRowsOfGroup) continue;
    writer.Flush(&piece);
    TARN_TRY(sink(piece));
    piece.clear();
  }
  writer.Finish(&piece);
  return sink(piece);
}

}  // namespace tarn::catalog
