#include "block/namespace_address.h"

#include <gtest/gtest.h>

#include "block/layers/forwarding_store.h"
#include "block/mem/mem_store.h"
#include "block/unlinked_object.h"

namespace tarn::block {
namespace {

class NamespaceAddressTest : public testing::Test {
 protected:
  MemStore store_{SystemClock()};
};

TEST_F(NamespaceAddressTest, SchemeAndStoreTypeAreTwoThings) {
  EXPECT_EQ(StoreTypeOf("https://account.blob.core.windows.net/c/p"), "azure");
  EXPECT_EQ(StoreTypeOf("http://account.blob.core.windows.net/c/p"), "azure");
  EXPECT_EQ(StoreTypeOf("s3://bucket/p"), "s3");
  EXPECT_EQ(StoreTypeOf("gs://bucket"), "gs");
  EXPECT_EQ(StoreTypeOf("local://x"), "local");
  EXPECT_EQ(StoreTypeOf("memory://x"), "mem");
  EXPECT_EQ(StoreTypeOf("abc://x"), "abc");
  EXPECT_EQ(StoreTypeOf("nothing"), "nothing");
}

TEST_F(NamespaceAddressTest, NamespacesHaveTheFormOfTheirStore) {
  EXPECT_TRUE(HasFormOf(store_.info(), "mem://b"));
  EXPECT_FALSE(HasFormOf(store_.info(), "s3://b"));
  EXPECT_FALSE(HasFormOf(store_.info(), "x mem://b"));
}

TEST_F(NamespaceAddressTest, PlacesDoNotDependOnSlashesAndDots) {
  EXPECT_EQ(PlaceOfNamespace("s3://b/x"), "s3://b/x");
  for (const std::string_view same : {"s3://b/x/", "s3://b//x", "s3://b/./x", "s3://b/y/../x"})
    EXPECT_EQ(PlaceOfNamespace(same), "s3://b/x") << same;
  EXPECT_EQ(PlaceOfNamespace("http://a/b"), PlaceOfNamespace("https://a/b"));
  EXPECT_EQ(PlaceOfNamespace("memory://a"), "mem://a");
  EXPECT_EQ(PlaceOfNamespace("abc://a/"), "abc://a");
  EXPECT_EQ(PlaceOfNamespace("no scheme"), "no scheme");
}

TEST_F(NamespaceAddressTest, FindsWhatLiesInANamespace) {
  EXPECT_EQ(AddressInNamespace(store_, "mem://b/r", "mem://b/r/data/x"), "data/x");
  EXPECT_EQ(AddressInNamespace(store_, "mem://b/r/", "mem://b/r/x"), "x");
  for (const std::string_view outside :
       {"mem://b/r", "mem://b/rr/x", "mem://b/x", "s3://b/r/x", "r/x", "mem://b/r/../y"})
    EXPECT_EQ(AddressInNamespace(store_, "mem://b/r", outside), std::nullopt) << outside;
}

TEST_F(NamespaceAddressTest, TellsSourcesInAndAroundANamespace) {
  const auto relation = [&](std::string_view source) {
    return RelationOf(store_, "mem://b/r", source);
  };
  for (const std::string_view inside : {"mem://b/r", "mem://b/r/", "mem://b/r/x", "memory://b/r/x"})
    EXPECT_EQ(relation(inside), SourceRelation::kInside) << inside;
  for (const std::string_view around : {"mem://b/", "mem://", "mem://b/r-"})
    EXPECT_EQ(relation(around),
              around == "mem://b/r-" ? SourceRelation::kOutside : SourceRelation::kContains)
        << around;
  for (const std::string_view outside : {"mem://b/rr", "mem://c/", "s3://b/r/x", "not a source"})
    EXPECT_EQ(relation(outside), SourceRelation::kOutside) << outside;
}

TEST_F(NamespaceAddressTest, TellsAddressesByTheirText) {
  const NamespaceAddresses addresses(store_, "mem://b/r");
  EXPECT_EQ(addresses.Relative("data/x", AddressType::kRelative), "data/x");
  EXPECT_EQ(addresses.Relative("mem://b/r/x", AddressType::kRelative), "mem://b/r/x");
  for (const AddressType type : {AddressType::kFull, AddressType::kByPrefixDeprecated}) {
    EXPECT_EQ(addresses.Relative("mem://b/r/x", type), "x");
    EXPECT_EQ(addresses.Relative("mem://b/rr/x", type), std::nullopt);
    EXPECT_EQ(addresses.Relative("s3://b/r/x", type), std::nullopt);
  }
  EXPECT_EQ(addresses.Relative("data/x", AddressType::kByPrefixDeprecated), "data/x");
  EXPECT_EQ(addresses.Relative("odd://x", AddressType::kByPrefixDeprecated), "odd://x");
  EXPECT_EQ(addresses.Relative("data/x", AddressType::kFull), std::nullopt);
}

TEST_F(NamespaceAddressTest, UnlinkedObjectsGoUnlessReleased) {
  const auto is_there = [&](std::string_view address) {
    return store_.Stat({"mem://b/r", address}).value().has_value();
  };
  for (const std::string_view name : {"gone", "kept", "moved"})
    ASSERT_TRUE(PutObject(store_, {"mem://b/r", name}, "x").ok());
  {
    UnlinkedObject gone(store_, "mem://b/r", "gone"), kept(store_, "mem://b/r", "kept");
    EXPECT_EQ(gone.address(), "gone");
    EXPECT_FALSE(kept.released());
    kept.Release();
    EXPECT_TRUE(kept.released());
    UnlinkedObject never(store_, "mem://b/r", "never stored");
  }
  EXPECT_FALSE(is_there("gone"));
  EXPECT_TRUE(is_there("kept"));
  {
    UnlinkedObject first(store_, "mem://b/r", "moved");
    {
      const UnlinkedObject second = std::move(first);
      EXPECT_TRUE(is_there("moved"));
    }
    EXPECT_FALSE(is_there("moved"));
    ASSERT_TRUE(PutObject(store_, {"mem://b/r", "moved"}, "another").ok());
  }
  EXPECT_TRUE(is_there("moved"));
}

}  // namespace
}  // namespace tarn::block
