#include "hooks/hook_url.h"

#include "versioning/testing/world.h"

namespace tarn::hooks {
namespace {

using versioning::testing::Must;

TEST(HookUrlTest, IsSentAndShown) {
  struct Case {
    std::string_view text, sent, shown;
  };
  for (const Case& one : std::initializer_list<Case>{
           {"http://h:80/a", "http://h:80/a", "http://h:80/a"},
           {"HTTP://h?x=1#frag", "http://h/?x=1", "http://h?x=1#frag"},
           {"http://h/a b/%2F/\xc3\xa9/x;y", "http://h/a%20b/%2F/%C3%A9/x;y",
            "http://h/a%20b/%2F/%C3%A9/x;y"},
           {"http://h/{{ENV.X}}", "http://h/%7B%7BENV.X%7D%7D", "http://h/%7B%7BENV.X%7D%7D"},
           {"http://u:p%20w@h/a", "http://h/a", "http://u:***@h/a"},
           {"http://u@h/a", "http://h/a", "http://u@h/a"},
       }) {
    const HookUrl url = Must(ParseHookUrl(one.text));
    EXPECT_EQ(url.ToSend(), one.sent);
    EXPECT_EQ(url.ToShow(), one.shown);
  }
  EXPECT_EQ(Must(ParseHookUrl("http://u:p%20w@h/a")).Credentials(), "u:p w");
  EXPECT_EQ(Must(ParseHookUrl("http://h/a")).Credentials(), std::nullopt);
  for (const std::string_view text : {"", "/only/path", "relative"}) {
    EXPECT_EQ(Must(ParseHookUrl(text)).scheme, "");
    EXPECT_EQ(Must(ParseHookUrl(text)).ToShow(), text);
  }
  TARN_EXPECT_ERROR(ParseHookUrl("http://h:port/"), Code::kInternal,
                    "parse \"http://h:port/\": invalid port \":port\" after host");
}

TEST(HookUrlTest, FollowsLocations) {
  const HookUrl from = Must(ParseHookUrl("http://u:p@h:1/a/b?x=1"));
  const auto to = [&](std::string_view location) {
    return Must(FollowLocation(from, location)).ToShow();
  };
  EXPECT_EQ(to("/c?y=2"), "http://h:1/c?y=2");
  EXPECT_EQ(to("c"), "http://h:1/a/c");
  EXPECT_EQ(to("c?y=2"), "http://h:1/a/c?y=2");
  EXPECT_EQ(to("../c/./d"), "http://h:1/c/d");
  EXPECT_EQ(to("../../../c"), "http://h:1/c");
  EXPECT_EQ(to("?y=2"), "http://h:1/a/b?y=2");
  EXPECT_EQ(to("https://other/c"), "https://other/c");
  EXPECT_EQ(to("//other/c"), "http://other/c");
}

}  // namespace
}  // namespace tarn::hooks
