#include "refs/names.h"

#include <gtest/gtest.h>

namespace tarn::refs {
namespace {

TEST(Names, Repository) {
  for (const char* id : {"abc", "a-b", "0ab", "a--", "9-9"}) {
    EXPECT_TRUE(CheckRepositoryId("name", RepositoryId(id)).ok()) << id;
  }
  EXPECT_TRUE(CheckRepositoryId("name", RepositoryId(std::string(63, 'a'))).ok());
  for (const std::string& id :
       {std::string("ab"), std::string("Abc"), std::string("-ab"), std::string("a_b"),
        std::string("a.b"), std::string("a b"), std::string(64, 'a'), std::string("ab\0", 3)}) {
    const Status status = CheckRepositoryId("repository", RepositoryId(id));
    EXPECT_EQ(status.code(), Code::kInvalidValue) << id;
    EXPECT_EQ(status.message(),
              "argument repository: repository id: invalid value: validation error");
  }
  EXPECT_EQ(CheckRepositoryId("name", RepositoryId()).message(),
            "argument name: required value: validation error");
}

TEST(Names, Branch) {
  for (const char* id : {"main", "_x", "A", "1", "a--b", "a_b-c"}) {
    EXPECT_TRUE(CheckBranchId("branch", BranchId(id)).ok()) << id;
  }
  EXPECT_TRUE(CheckBranchId("branch", BranchId(std::string(5000, 'n'))).ok());
  for (const char* id : {"-a", "a.b", "a/b", "sp ace", "\xc3\xbcnicode", "a@b", "a~1", "a%b"}) {
    EXPECT_EQ(CheckBranchId("branch", BranchId(id)).message(),
              "argument branch: branch id: invalid value: validation error")
        << id;
  }
  EXPECT_EQ(CheckBranchId("branch", BranchId()).message(),
            "argument branch: required value: validation error");
}

TEST(Names, Tag) {
  for (const char* id : {"v1", "v1.0", "tilde~1", "\xc3\xbcn\xc3\xaf", "plus+plus", "at@x",
                         "dollar$", "d-_-b", "a.lock.b", ".a", "-", "{a}"}) {
    EXPECT_TRUE(CheckTagId("tagID", TagId(id)).ok()) << id;
  }
  for (const char* id : {"@", "a.", "a.lock", "a..b", "a/b", "a@{", "a^", "a:b", "a?b", "a*b",
                         "a[b", "a\\b", "sp ace", "tab\tx", "\x01", "a\n"}) {
    const Status status = CheckTagId("tagID", TagId(id));
    EXPECT_EQ(status.code(), Code::kInvalidValue) << id;
    EXPECT_EQ(status.message(), "argument tagID: tag id: invalid value: validation error") << id;
  }
  EXPECT_EQ(CheckTagId("tagID", TagId()).message(),
            "argument tagID: required value: validation error");
}

TEST(Names, Ref) {
  for (const char* ref : {"main~2^1", "a/b", "\xc2\xa0", "v\v"}) {
    EXPECT_TRUE(CheckRef("ref", ref).ok()) << ref;
  }
  for (const char* ref : {"a b", " ", "a\t", "\n", "a\f", "\r"}) {
    EXPECT_EQ(CheckRef("ref", ref).message(), "argument ref: ref: invalid value: validation error");
  }
  EXPECT_EQ(CheckRef("ref", "").message(), "argument ref: required value: validation error");
}

TEST(Names, Path) {
  EXPECT_TRUE(CheckPath("path", std::string(1024, '\xff')).ok());
  const Status missing = CheckPath("path", "");
  EXPECT_EQ(missing.code(), Code::kPathRequired);
  EXPECT_EQ(missing.message(), "argument path: missing path: required value: validation error");
  const Status longer = CheckPath("path", std::string(1025, 'x'));
  EXPECT_EQ(longer.code(), Code::kInvalidValue);
  EXPECT_EQ(longer.message(),
            "argument path: invalid value: validation error: 1025 is above maximum length (1024)");
}

TEST(Names, PathsThatAreStoredAreUtf8) {
  for (const std::string_view path :
       {"a", "\x01", "a\nb", "\xc3\xa9", "\xef\xbf\xbd", "\xf4\x8f\xbf\xbf", "\x7f"})
    EXPECT_TRUE(CheckNewPath("path", path).ok()) << path;
  EXPECT_TRUE(CheckNewPath("path", std::string_view("\0", 1)).ok());
  for (const std::string_view path :
       {"\xff", "a\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80"}) {
    EXPECT_TRUE(CheckPath("path", path).ok()) << "older ones are read and deleted";
    EXPECT_EQ(CheckNewPath("path", path).code(), Code::kInvalidRequest);
    EXPECT_EQ(CheckNewPath("path", path).message(),
              "argument path: invalid value: validation error: not valid UTF-8");
  }
  EXPECT_EQ(CheckNewPath("path", "").code(), Code::kPathRequired);
  EXPECT_EQ(CheckNewPath("path", std::string(1025, 'x')).code(), Code::kInvalidValue);
}

}  // namespace
}  // namespace tarn::refs
