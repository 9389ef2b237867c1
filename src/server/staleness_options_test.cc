// How long a server may go by what another one has changed: docs/operating/fleet.md.
#include <gtest/gtest.h>

#include "server/module_options.h"

namespace tarn::server {
namespace {

Settings SettingsOf(std::string_view key, const char* text) {
  Settings settings;
  const Status status = settings.Set(*FindKey(key), RawValue{std::string(text)});
  EXPECT_TRUE(status.ok()) << status.ToString();
  return settings;
}

TEST(StalenessOptions, NobodyIsRememberedForMoreThanASecond) {
  EXPECT_EQ(AuthOptions(Settings()).cache_ms, 1000);
  EXPECT_EQ(AuthOptions(SettingsOf("auth.cache.ttl", "1h")).cache_ms, 1000);
  EXPECT_EQ(AuthOptions(SettingsOf("auth.cache.ttl", "50ms")).cache_ms, 50);
  EXPECT_EQ(AuthOptions(SettingsOf("auth.cache.enabled", "false")).cache_ms, 0);
}

TEST(StalenessOptions, RepositoriesAreReadAnewAfterASecond) {
  EXPECT_EQ(RefsOptions(Settings()).repository_cache_ms, 1000);
  EXPECT_EQ(RefsOptions(SettingsOf("graveler.repository_cache.expiry", "5s")).repository_cache_ms,
            1000);
  EXPECT_EQ(RefsOptions(SettingsOf("graveler.repository_cache.expiry", "50ms")).repository_cache_ms,
            50);
}

}  // namespace
}  // namespace tarn::server
