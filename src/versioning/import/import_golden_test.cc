// Imports of the reference (fixtures/import-determinism.json of codec/testing/golden_data.h): trees
// grown from recipes, imported, compared with the ids that it gave.
//
// A tree is a list of groups; a group makes files i = 0 ... count-1. Path: `prefix`, then for each
// level `before`, number, `after`, where number = i div `div`, mod `mod` if given, padded to
// `width`. Size and seconds: `base` + (i * `mul`) mod `mod`; nanoseconds: (i * `nanos_mul`) mod
// 10^9. Content: the path and a line feed, repeated up to the size.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "codec/json.h"
#include "codec/testing/golden_data.h"
#include "versioning/testing/import_world.h"

namespace tarn::versioning {
namespace {

using testing::ImportWorld;
using testing::Must;
namespace fs = std::filesystem;

int64_t IntOr(const Json& object, std::string_view name, int64_t missing) {
  return object.IntAt(name).value_or(missing);
}

const Json::Array& ItemsOf(const Json& object, std::string_view name) {
  static const Json::Array none;
  const Json* const list = object.Find(name);
  return list == nullptr ? none : list->items();
}

std::string Padded(int64_t number, int64_t width) {
  std::string text = std::to_string(number);
  const auto wanted = static_cast<size_t>(width);
  return text.size() < wanted ? std::string(wanted - text.size(), '0') + text : text;
}

/// base + (i * mul) mod `mod`, or just base.
int64_t RuleValue(const Json* rule, int64_t i) {
  const int64_t base = IntOr(*rule, "base", 0);
  const int64_t mod = IntOr(*rule, "mod", 0);
  return mod == 0 ? base : base + i * IntOr(*rule, "mul", 0) % mod;
}

std::string PathOf(const Json& group, int64_t i) {
  std::string path(group.StringAt("prefix").value_or(""));
  for (const Json& level : ItemsOf(group, "levels")) {
    int64_t number = i / IntOr(level, "div", 1);
    if (const auto mod = level.IntAt("mod")) number %= *mod;
    path += level.StringAt("before").value_or("");
    path += Padded(number, IntOr(level, "width", 0));
    path += level.StringAt("after").value_or("");
  }
  return path;
}

void GrowFile(const std::string& root, const Json& group, int64_t i) {
  const std::string inside = PathOf(group, i);
  const fs::path file = root + "/" + inside;
  if (!group.Find("levels") || inside.find('/') != std::string::npos) {
    fs::create_directories(file.parent_path());
  }
  const auto size = static_cast<size_t>(RuleValue(group.Find("size"), i));
  std::string content;
  while (content.size() < size) content += inside + "\n";
  content.resize(size);
  std::ofstream(file, std::ios::binary) << content;
  const Json* const mtime = group.Find("mtime");
  const int64_t nanos = i * IntOr(*mtime, "nanos_mul", 0) % 1'000'000'000;
  const timespec times[2] = {{0, UTIME_OMIT}, {RuleValue(mtime, i), nanos}};
  ASSERT_EQ(utimensat(AT_FDCWD, file.c_str(), times, 0), 0) << file;
}

void GrowTree(const std::string& root, const Json& tree) {
  fs::create_directories(root);
  for (const Json& group : ItemsOf(tree, "groups")) {
    for (int64_t i = 0; i < IntOr(group, "count", 0); ++i) GrowFile(root, group, i);
  }
}

sst::BreakRule RuleOf(const Json& settings) {
  sst::BreakRule rule;
  const auto set = [&](const char* name, uint64_t* value) {
    const auto found = settings.IntAt("committed.permanent." + std::string(name));
    if (found) *value = static_cast<uint64_t>(*found);
  };
  set("min_range_size_bytes", &rule.size_bytes_min);
  set("max_range_size_bytes", &rule.size_bytes_max);
  set("range_raggedness_entries", &rule.raggedness_entries);
  return rule;
}

ImportRequest RequestOf(const Json& test) {
  std::vector<ImportLocation> locations;
  for (const Json& path : ItemsOf(test, "paths")) {
    locations.push_back({*path.StringAt("type") == "object" ? ImportLocationType::kObject
                                                            : ImportLocationType::kCommonPrefix,
                         std::string(*path.StringAt("path")),
                         std::string(*path.StringAt("destination"))});
  }
  return ImportWorld::RequestOf(std::move(locations));
}

class ImportGolden : public ::testing::Test {
 protected:
  /// The addresses of the fixture lead through the working directory.
  void SetUp() override {
    const auto text = ReadGolden("fixtures/import-determinism.json");
    if (!text) GTEST_SKIP() << "no golden imports";
    fixture_ = Must(ParseJson(*text));
    before_ = fs::current_path();
    fs::current_path(directory_.path());
    for (const auto& [name, tree] : fixture_.Find("sources")->members()) {
      GrowTree("sources/" + name, tree);
    }
  }
  void TearDown() override {
    if (!before_.empty()) fs::current_path(before_);
  }

  void Compare(ImportWorld& world, const ImportStatus& status, const Json& expect) {
    const auto error = expect.StringAt("error");
    if (error) {
      EXPECT_EQ("import error: " + status.error, *error);
      return;
    }
    ASSERT_EQ(status.error, "");
    EXPECT_EQ(status.ingested_objects, expect.IntAt("ingested_objects"));
    EXPECT_EQ(status.metarange.str(), *expect.StringAt("metarange_id"));
    const auto ranges =
        Must(world.committed.Ranges(world.repository.storage_namespace, status.metarange));
    const Json::Array& expected = ItemsOf(expect, "ranges");
    ASSERT_EQ(ranges.size(), expected.size());
    for (size_t i = 0; i < ranges.size(); ++i) {
      EXPECT_EQ(ranges[i].id.str(), *expected[i].StringAt("id"));
      EXPECT_EQ(ranges[i].min_key, *expected[i].StringAt("min_key"));
      EXPECT_EQ(ranges[i].max_key, *expected[i].StringAt("max_key"));
      EXPECT_EQ(static_cast<int64_t>(ranges[i].count), expected[i].IntAt("count"));
      EXPECT_EQ(static_cast<int64_t>(ranges[i].estimated_size),
                expected[i].IntAt("estimated_size"));
    }
    CompareListing(world, status, expect);
  }

  /// The first entry is as the reference showed it, and every entry can be shown and read.
  void CompareListing(ImportWorld& world, const ImportStatus& status, const Json& expect) {
    const auto tree =
        Must(world.committed.Iterate(world.repository.storage_namespace, status.metarange));
    TARN_EXPECT_OK(tree->Seek(""));
    const Json* const first = expect.Find("first_listed");
    int64_t count = 0;
    for (; tree->Valid(); ++count) {
      const EntryView entry = Must(ParseEntry(tree->value().data));
      const block::ObjectPointer object{world.repository.storage_namespace.view(), entry.address,
                                        entry.address_type};
      const std::string address = Must(world.objects->FormatAddress(object));
      if (count < 10) {
        EXPECT_EQ(Must(world.objects->Open(object, {}))->properties().size, entry.size);
      }
      if (count == 0 && first != nullptr) {
        EXPECT_EQ(tree->key(), *first->StringAt("path"));
        EXPECT_EQ(entry.checksum, *first->StringAt("checksum"));
        EXPECT_EQ(entry.size, first->IntAt("size_bytes"));
        EXPECT_EQ(entry.last_modified.seconds, first->IntAt("mtime"));
        // The reference puts the storage root in front of it, and cuts it off there.
        const std::string shown = "local://" + world.base + "/data" + address.substr(8);
        EXPECT_EQ(shown.substr(0, shown.find('?')), *first->StringAt("physical_address"));
      }
      ASSERT_TRUE(tree->Next().ok());
    }
    EXPECT_EQ(count, expect.IntAt("count"));
  }

  TempDirectory directory_{FastTempParent()};
  fs::path before_;
  Json fixture_;
};

TEST_F(ImportGolden, GivesTheIdsOfTheReference) {
  const Json::Array& cases = ItemsOf(fixture_, "cases");
  ASSERT_EQ(cases.size(), 26u);
  for (const Json& test : cases) {
    SCOPED_TRACE(std::string(*test.StringAt("name")) + ", " +
                 std::string(*test.StringAt("settings")));
    const Json& settings = *fixture_.Find("settings")->Find(*test.StringAt("settings"));
    fs::remove_all("data");
    ImportWorld world({.seen_as = "/proc/self/cwd", .rule = RuleOf(settings)});
    Compare(world, world.Run(RequestOf(test)), *test.Find("expect"));
  }
}

}  // namespace
}  // namespace tarn::versioning
