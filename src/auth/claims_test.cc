#include "auth/claims.h"

#include <gtest/gtest.h>

namespace tarn::auth {
namespace {

using Names = std::vector<std::string>;

const ClaimRules kRules = {.required = {{"tenant", "t1"}},
                           .friendly_name_claim = "name",
                           .keep_friendly_name = true,
                           .groups_claim = "groups",
                           .default_groups = {"Viewers"}};

Result<ExternalUser> Read(const char* text, const ClaimRules& rules = kRules) {
  return ReadClaims(ParseJson(text).value(), rules);
}

TEST(Claims, SayWhoItIs) {
  const auto user = Read(R"({"sub": "s", "tenant": "t1", "name": "Jane", "n": 7})");
  ASSERT_TRUE(user.ok());
  EXPECT_EQ(user->id, "s");
  EXPECT_EQ(user->username, "s");
  EXPECT_EQ(user->friendly_name, "Jane");
  EXPECT_TRUE(user->keep_friendly_name);
  EXPECT_EQ(user->source, "oidc");
  EXPECT_EQ(user->groups, Names{"Viewers"});
  EXPECT_EQ(Read(R"({"sub": "s", "tenant": "t1", "name": 5})")->friendly_name, "");
  const auto other = Read(R"({"uid": "u", "sub": "s"})", {.id_claim = "uid", .source = "saml"});
  EXPECT_EQ(other->id, "u");
  EXPECT_EQ(other->source, "saml");
}

TEST(Claims, WhatIsRequiredMustBeThere) {
  for (const char* text :
       {R"({})", R"({"tenant": "t1"})", R"({"sub": "", "tenant": "t1"})",
        R"({"sub": 5, "tenant": "t1"})", R"({"sub": null, "tenant": "t1"})",
        R"({"sub": ["s"], "tenant": "t1"})", R"({"sub": "s"})", R"({"sub": "s", "tenant": "t2"})",
        R"({"sub": "s", "tenant": 1})", R"({"sub": "s", "tenant": ["t1"]})",
        R"({"sub": "s", "tenant": "t1 "})"}) {
    EXPECT_EQ(Read(text).code(), Code::kUnauthenticated) << text;
    EXPECT_EQ(CheckClaims(ParseJson(text).value(), kRules).code(), Code::kUnauthenticated) << text;
  }
  // An id that has no name is no claim.
  EXPECT_EQ(Read(R"({"sub": "s"})", {.id_claim = ""}).code(), Code::kUnauthenticated);
}

TEST(Claims, GroupsAreATextOrAListOfTexts) {
  const auto groups = [](const std::string& value) {
    return Read((R"({"sub": "s", "tenant": "t1", "groups": )" + value + "}").c_str());
  };
  EXPECT_EQ(groups(R"("a")")->groups, Names{"a"});
  EXPECT_EQ(groups(R"(" Developers, Viewers ,,Nowhere,")")->groups,
            (Names{"Developers", "Viewers", "Nowhere"}));
  EXPECT_EQ(groups(R"(["a, b", "c"])")->groups, (Names{"a, b", "c"}));
  EXPECT_EQ(groups(R"(["a", 1])").code(), Code::kUnauthenticated);
  for (const char* none : {R"("")", R"(" , ")", "5", "true", "null", R"({"a": "b"})", "[]"})
    EXPECT_EQ(groups(none)->groups, Names()) << none;
}

}  // namespace
}  // namespace tarn::auth
