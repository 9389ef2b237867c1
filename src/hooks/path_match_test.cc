#include "hooks/path_match.h"

#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

struct Case {
  std::string_view pattern, text;
  bool fits;
};

TEST(PathMatchTest, FitsOrNot) {
  for (const Case& one : std::initializer_list<Case>{
           {"", "", true},
           {"", "a", false},
           {"main", "main", true},
           {"main", "main2", false},
           {"*", "main", true},
           {"*", "", true},
           {"*", "a/b", false},
           {"**", "a/b", false},
           {"a*/b", "axy/b", true},
           {"a*b*c", "a1b2b3c", true},
           {"a*b*c", "a1b2b3", false},
           {"*x", "axbx", true},
           {"?", "a", true},
           {"?", "/", false},
           {"?", "", false},
           {"?", "\xc3\xa9", true},
           {"[a-c]", "b", true},
           {"[a-c]", "d", false},
           {"[^a-c]", "d", true},
           {"[^a-c]", "b", false},
           {"[b-a]", "a", false},
           {"[b-a]", "b", false},
           {"[\\]a]", "]", true},
           {"[\\-x]", "-", true},
           {"\\*", "*", true},
           {"\\*", "a", false},
           {"release-[0-9]*", "release-12", true},
           {"release-[0-9]*", "release-x", false},
       }) {
    const auto fits = PathMatches(one.pattern, one.text);
    ASSERT_TRUE(fits.ok()) << one.pattern;
    EXPECT_EQ(*fits, one.fits) << one.pattern << " " << one.text;
  }
}

TEST(PathMatchTest, NoPatterns) {
  // The last two are wrong behind what decides already.
  for (const std::string_view pattern :
       {"[", "[a", "[]", "[^]", "[]a]", "[-a]", "[a-]", "\\", "x\\", "a[", "b\\"}) {
    TARN_EXPECT_ERROR(PathMatches(pattern, "zzz"), Code::kInternal, "syntax error in pattern");
  }
}

}  // namespace
}  // namespace tarn::hooks
