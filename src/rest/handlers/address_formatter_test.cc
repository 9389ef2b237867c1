#include "rest/handlers/address_formatter.h"

#include <gtest/gtest.h>

#include "versioning/testing/world.h"

namespace tarn::rest {
namespace {

TEST(AddressFormatter, AnswersAsTheCatalogWhateverComesInWhichOrder) {
  versioning::testing::World world;
  const catalog::Catalog catalog(world.context);
  AddressFormatter formatter(catalog, world.repository);
  const std::pair<std::string_view, AddressType> addresses[] = {
      {"data/a/1", AddressType::kRelative},
      {"data/a/2", AddressType::kRelative},
      {"data/a/3.parquet", AddressType::kRelative},
      {"data/a/..", AddressType::kRelative},
      {"data/a/4", AddressType::kRelative},
      {"data/b/1", AddressType::kRelative},
      {"data/b/", AddressType::kRelative},
      {"data/b/x y%41", AddressType::kRelative},
      {"data/b/2", AddressType::kRelative},
      {"mem://other/b/2", AddressType::kFull},
      {"mem://other/b/3", AddressType::kFull},
      {"mem://other/b/3", AddressType::kByPrefixDeprecated},
      {"plain", AddressType::kRelative},
      {"plain", AddressType::kRelative},
      {"", AddressType::kRelative},
  };
  for (const auto& [address, type] : addresses) {
    const auto expected = catalog.PhysicalAddress(world.repository, address, type);
    const auto formatted = formatter.Format(address, type);
    ASSERT_EQ(formatted.ok(), expected.ok()) << address;
    if (!expected.ok()) continue;
    EXPECT_EQ(*formatted, *expected) << address;
  }
}

}  // namespace
}  // namespace tarn::rest
