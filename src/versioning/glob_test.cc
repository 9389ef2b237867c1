#include "versioning/glob.h"

#include <gtest/gtest.h>

#include <string>

namespace tarn::versioning {
namespace {

bool Matches(std::string_view pattern, std::string_view text) {
  auto glob = Glob::Compile(pattern);
  EXPECT_TRUE(glob.ok()) << pattern << ": " << glob.status().ToString();
  return glob.ok() && glob->Matches(text);
}

TEST(GlobTest, Matches) {
  struct Row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  const Row rows[] = {
      {"main", "main", true},
      {"main", "mainx", false},
      {"main", "Main", false},
      {"rel*", "rel", true},
      {"rel*", "rel-1", true},
      {"rel*", "xrel", false},
      {"*", "", true},
      {"**", "a/b", true},
      {"a*b*c", "axxbyyc", true},
      {"a*b*c", "axxbyy", false},
      {"d?v", "dev", true},
      {"d?v", "dv", false},
      {"?", "ü", true},
      {"[abc]x", "bx", true},
      {"[abc]x", "dx", false},
      {"[a-c]", "b", true},
      {"[a-c]", "-", false},
      {"[!a-c]", "d", true},
      {"[!a-c]", "a", false},
      {"[a-]", "-", true},
      {"{a,b}*[0-9]-ü", "b77-ü", true},
      {"{a,b}*[0-9]-ü", "c7-ü", false},
      {"{a,{b,c}d}", "cd", true},
      {"{a,}x", "x", true},
      {"a,b", "a,b", true},
      {"\\*", "*", true},
      {"\\*", "a", false},
      {"a.c", "abc", false},
      {"a+", "aa", false},
      {"(a)|b", "(a)|b", true},
      {"^$", "^$", true},
      {"a\nb*", "a\nb\n", true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(Matches(row.pattern, row.text), row.matches) << row.pattern << " on " << row.text;
  }
}

TEST(GlobTest, RefusesWhatIsNoPattern) {
  for (const char* pattern : {"[", "[a", "[]", "[!]", "{", "{a", "a}", "\\", "[z-a]", "[\\"}) {
    EXPECT_EQ(Glob::Compile(pattern).code(), Code::kInvalidValue) << pattern;
  }
}

TEST(GlobTest, TakesLinearTimeOnHostilePatterns) {
  std::string pattern, text(200, 'a');
  for (int i = 0; i < 60; ++i) pattern += "a*";
  EXPECT_FALSE(Matches(pattern + "b", text));
  EXPECT_TRUE(Matches(pattern, text));
}

}  // namespace
}  // namespace tarn::versioning
