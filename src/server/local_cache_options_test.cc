// Keys of committed.local_cache.
#include <gtest/gtest.h>

#include <filesystem>

#include "server/module_options.h"

namespace tarn::server {
namespace {

Settings SettingsOf(const std::vector<std::pair<std::string, std::string>>& values) {
  Settings settings;
  for (const auto& [key, text] : values) {
    const Status status =
        settings.Set(*FindKey("committed.local_cache." + key), RawValue{std::string(text)});
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  return settings;
}

TEST(LocalCacheOptions, AreThoseOfTheReference) {
  const auto options = DiskCacheOptions(SettingsOf({{"dir", "/var/cache/x/../tarn/"}}));
  EXPECT_EQ(options.directory, "/var/cache/tarn");
  EXPECT_EQ(options.range_bytes_max, 966'367'641u);
  EXPECT_EQ(options.metarange_bytes_max, 107'374'182u);
  const auto other = DiskCacheOptions(SettingsOf({{"dir", "cache"},
                                                  {"size_bytes", "1000"},
                                                  {"range_proportion", "0.25"},
                                                  {"metarange_proportion", "0.75"}}));
  EXPECT_EQ(other.directory, (std::filesystem::current_path() / "cache").string());
  EXPECT_EQ(other.range_bytes_max, 250u);
  EXPECT_EQ(other.metarange_bytes_max, 750u);
}

TEST(LocalCacheOptions, UploadsInMemoryAreFewUnlessGiven) {
  EXPECT_EQ(CommittedOptions(Settings()).uploads.in_flight_max, 4u);
  EXPECT_EQ(
      CommittedOptions(SettingsOf({{"max_uploaders_per_writer", "10"}})).uploads.in_flight_max,
      10u);
}

}  // namespace
}  // namespace tarn::server
