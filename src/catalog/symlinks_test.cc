#include "catalog/symlinks.h"

#include "versioning/testing/world.h"

namespace tarn::catalog {
namespace {

using versioning::testing::Must;
using versioning::testing::World;

class SymlinksTest : public ::testing::Test {
 protected:
  std::string ListOf(const std::string& directory) {
    const std::string address = "symlinks/repo/main/" + directory + "symlink.txt";
    const auto text = block::GetObject(world_.objects, {world_.kNamespace.view(), address}, 10'000);
    return text.ok() ? *text : "none";
  }
  void Put(const std::string& path) { TARN_EXPECT_OK(world_.Put("main", path, path)); }

  World world_;
  Catalog catalog_{world_.context};
};

// The directory "d" is met before and after "d/e": all its objects are in its one list.
TEST_F(SymlinksTest, OneListPerDirectory) {
  for (const char* path : {"d/a", "d/e/1", "d/f", "d!/x", "top", "zz"}) Put(path);
  EXPECT_EQ(Must(WriteSymlinks(catalog_, world_.repository, "main", "")),
            "mem://bucket/repo/symlinks");
  const std::string at = "mem://bucket/repo/data/x/";
  EXPECT_EQ(ListOf("d/"), at + "0\n" + at + "2");
  EXPECT_EQ(ListOf("d/e/"), at + "1");
  EXPECT_EQ(ListOf("d!/"), at + "3");
  EXPECT_EQ(ListOf(""), at + "4\n" + at + "5");
}

TEST_F(SymlinksTest, BelowAPrefix) {
  for (const char* path : {"d/a", "e/b"}) Put(path);
  TARN_EXPECT_OK(WriteSymlinks(catalog_, world_.repository, "main", "d/"));
  EXPECT_NE(ListOf("d/"), "none");
  EXPECT_EQ(ListOf("e/"), "none");
  TARN_EXPECT_OK(WriteSymlinks(catalog_, world_.repository, "main", "nothing/"));
  TARN_EXPECT_ERROR(WriteSymlinks(catalog_, world_.repository, "none", ""), Code::kNotFound,
                    "not found");
}

TEST_F(SymlinksTest, StaysInItsFolderWhateverTheKeys) {
  const std::string_view zero("a\0b/x", 5), zero_escaped("%a%00b/x");
  const std::pair<std::string_view, const char*> cases[] = {
      {"../../../../_lakefs/x", "%../%../%../%../_lakefs/"},
      {"../../other/main/x", "%../%../other/main/"},
      {"a/../b/x", "a/%../b/"},
      {"a/b/./x", "a/b/%./"},
      {"/etc/x", "%/etc/"},
      {"a//b/x", "a/%/b/"},
      {"...//", ".../%/"},
      {"%../x", "%%25../"},
      {"50%/x", "50%/"},
      {"symlink.txt/x", "%symlink.txt/"},
      {zero, "%a%00b/"},
      {zero_escaped, "%%25a%2500b/"},
  };
  for (const auto& [path, folder] : cases) Put(std::string(path));
  const std::vector<std::string> before = world_.objects.Names();
  TARN_EXPECT_OK(WriteSymlinks(catalog_, world_.repository, "main", ""));
  for (const auto& [path, folder] : cases) EXPECT_NE(ListOf(folder), "none") << path;
  const std::string lists = world_.kNamespace.str() + "/symlinks/repo/main/";
  size_t count = 0;
  for (const std::string& name : world_.objects.Names()) {
    if (std::find(before.begin(), before.end(), name) != before.end()) continue;
    ++count;
    EXPECT_TRUE(name.starts_with(lists)) << name;
  }
  EXPECT_EQ(count, std::size(cases)) << "one list for each";
}

}  // namespace
}  // namespace tarn::catalog
