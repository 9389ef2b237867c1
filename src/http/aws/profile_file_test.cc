#include "http/aws/profile_file.h"

#include <gtest/gtest.h>

namespace tarn::http::aws {
namespace {

TEST(ProfileFile, HasSectionsWithSettings) {
  Profiles profiles;
  ReadProfiles(
      "lost = 1\n"
      "# a comment\n"
      "[default]\r\n"
      "aws_access_key_id = AKIA\r\n"
      "AWS_Secret_Access_Key=se=cret#x ; comment\n"
      "s3 =\n"
      "  max_concurrent_requests = 20\n"
      "[ profile  dev ]\n"
      "region=eu-west-1\n"
      "[broken\n"
      "region=lost\n"
      "[profiles]\n"
      "a=b",
      &profiles);
  EXPECT_EQ(
      profiles,
      (Profiles{
          {"default",
           {{"aws_access_key_id", "AKIA"}, {"aws_secret_access_key", "se=cret#x"}, {"s3", ""}}},
          {"dev", {{"region", "eu-west-1"}}},
          {"profiles", {{"a", "b"}}}}));
  ReadProfiles("[dev]\nregion = here\nb = c\n", &profiles);
  EXPECT_EQ(profiles["dev"], (ProfileSettings{{"region", "here"}, {"b", "c"}}));
}

TEST(ProfileFile, AnyBytesAreRead) {
  Profiles profiles;
  for (const std::string_view text :
       {"", "\n\n", "=", "[", "[]", "[]\n=", "\xff\n[\xff]\n\xff=\xff"}) {
    ReadProfiles(text, &profiles);
  }
  EXPECT_EQ(profiles[""], (ProfileSettings{{"", ""}}));
}

}  // namespace
}  // namespace tarn::http::aws
