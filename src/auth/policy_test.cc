// The language of policies against the answers of the reference.
#include "auth/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "auth/arn.h"
#include "auth/authorizer.h"
#include "auth/testing/policies.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/testing/golden_data.h"

namespace tarn::auth {
namespace {

using testing::GivenPolicies;
using testing::ReadPolicies;
using testing::Rule;

std::optional<Json> Golden(const std::string& name) {
  const auto text = ReadGolden("fixtures/auth/" + name);
  if (!text) return std::nullopt;
  Result<Json> json = ParseJson(*text);
  EXPECT_TRUE(json.ok()) << name;
  return *std::move(json);
}

std::string TextAt(const Json& json, std::string_view name) {
  return std::string(json.StringAt(name).value_or(""));
}

/// The policies of a vector; a text names one of `named`.
std::vector<Policy> PoliciesOf(const Json& vector, const Json& named) {
  Json::Array resolved;
  for (const Json& policy : vector.Find("policies")->items()) {
    if (!policy.is_string()) {
      resolved.push_back(policy);
      continue;
    }
    Json whole{Json::Object{}};
    whole.Set("statement", *named.Find(policy.string()));
    resolved.push_back(std::move(whole));
  }
  return ReadPolicies(Json(std::move(resolved)));
}

/// A tree of permissions with the texts that it borrows; resources are named by number.
class Question : public RequestFacts {
 public:
  Question(const Json& require, const Json* context) : wanted_(Read(require)) {
    if (context == nullptr) return;
    for (const auto& [name, value] : context->members()) facts_[name] = value.string();
  }
  Question(const Question&) = delete;
  Question& operator=(const Question&) = delete;

  const Permission& wanted() const { return wanted_; }

  Status AppendName(std::string_view name, size_t, std::string* out) override {
    *out += resources_.at(std::stoul(std::string(name)));
    return {};
  }
  size_t CountOf(std::string_view) override { return 0; }
  std::optional<std::string> Fact(std::string_view name) override {
    const auto found = facts_.find(name);
    return found == facts_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  Permission Read(const Json& node) {
    Permission permission;
    if (const Json* parts = node.Find("and")) {
      permission.kind = Permission::Kind::kAll;
      permission.parts = ReadParts(parts->items());
    } else if (const Json* any = node.Find("or")) {
      permission.kind = Permission::Kind::kAny;
      permission.parts = ReadParts(any->items());
    } else if (node.Find("action") != nullptr) {
      permission.kind = Permission::Kind::kAction;
      permission.action = texts_.emplace_back(TextAt(node, "action"));
      permission.resource = texts_.emplace_back("{" + std::to_string(resources_.size()) + "}");
      resources_.push_back(TextAt(node, "resource"));
    }
    return permission;
  }
  std::span<const Permission> ReadParts(const Json::Array& items) {
    std::vector<Permission> parts;
    for (const Json& item : items) parts.push_back(Read(item));
    return parts_.emplace_back(std::move(parts));
  }

  std::deque<std::string> texts_;
  std::deque<std::vector<Permission>> parts_;
  std::vector<std::string> resources_;
  std::map<std::string, std::string, std::less<>> facts_;
  const Permission wanted_;
};

std::string_view Name(Verdict verdict) {
  return verdict == Verdict::kAllow ? "allow" : verdict == Verdict::kDeny ? "deny" : "neutral";
}

std::vector<std::string> TextsAt(const Json& json, std::string_view name) {
  std::vector<std::string> texts;
  if (const Json* found = json.Find(name))
    for (const Json& item : found->items()) texts.push_back(item.string());
  return texts;
}

/// Whether a decision is what a vector says, lists and text included.
bool Is(const Decision& decision, const Json& answer) {
  const std::string message = TextAt(answer, "message");
  return TextAt(answer, "result") == Name(decision.verdict) &&
         TextsAt(answer, "denied") == decision.denied &&
         TextsAt(answer, "unauthorized") == decision.unauthorized &&
         (message.empty() || message == decision.Refusal());
}

TEST(PolicyVectorTest, DecisionsAreThoseOfTheReference) {
  const auto golden = Golden("policy-vectors.json");
  if (!golden) GTEST_SKIP() << "no recorded answers";
  const Json& named = *golden->Find("named_policies");
  int decided = 0;
  for (const Json& vector : golden->Find("vectors")->items()) {
    const std::string user = TextAt(vector, "user");
    Question question(*vector.Find("require"), vector.Find("context"));
    const auto policies = PoliciesOf(vector, named);
    const auto decision = UserPolicies(policies, user).Decide(question.wanted(), question);
    ASSERT_TRUE(decision.ok());
    ++decided;
    // Where the reference's answer is a matter of chance or poor, ours is the better one.
    const std::string better = TextAt(vector, "better");
    if (!better.empty()) {
      EXPECT_EQ(Name(decision->verdict), better) << TextAt(vector, "id");
    } else {
      EXPECT_TRUE(Is(*decision, vector))
          << TextAt(vector, "id") << ": " << Name(decision->verdict) << " " << decision->Refusal();
    }
  }
  EXPECT_GT(decided, 2'400);
}

TEST(PolicyVectorTest, GroupsMayWhatTheyMayInTheReference) {
  const auto golden = Golden("policy-vectors.json");
  if (!golden) GTEST_SKIP() << "no recorded answers";
  const Json& named = *golden->Find("named_policies");
  const auto& resources = golden->Find("matrix_resources")->items();
  size_t decided = 0;
  for (const Json& matrix : golden->Find("matrices")->items()) {
    const UserPolicies policies(PoliciesOf(matrix, named), TextAt(matrix, "user"));
    for (const auto& [action, row] : matrix.Find("rows")->members()) {
      std::string letters;
      for (const Json& resource : resources) {
        Json leaf{Json::Object{}};
        leaf.Set("action", Json(action));
        leaf.Set("resource", resource);
        Question question(leaf, nullptr);
        const auto decision = policies.Decide(question.wanted(), question);
        ASSERT_TRUE(decision.ok());
        letters += Name(decision->verdict)[0];
        ++decided;
      }
      EXPECT_EQ(letters, row.string()) << TextAt(matrix, "id") << " " << action;
    }
  }
  EXPECT_GT(decided, 6'000U);
}

constexpr Permission kListRepositories = {"fs:ListRepositories",
                                          "arn:lakefs:fs:::repository/{repository}"};

TEST(PolicyVectorTest, ListingsShowWhatTheyShowInTheReference) {
  const auto golden = Golden("policy-vectors.json");
  if (!golden) GTEST_SKIP() << "no recorded answers";
  const Json& named = *golden->Find("named_policies");
  const auto& listings = golden->Find("listings")->items();
  EXPECT_GT(listings.size(), 50U);
  size_t shown = 0;
  for (const Json& vector : listings) {
    GivenPolicies source;
    source.Give(PoliciesOf(vector, named));
    const User user{.username = TextAt(vector, "user"), .created = {}};
    const auto sight = Authorizer(&source).See(user, kListRepositories);
    EXPECT_EQ(!sight.ok(), vector.BoolAt("refused").value()) << TextAt(vector, "id");
    if (!sight.ok()) {
      EXPECT_EQ(sight.code(), Code::kInsufficientPermissions);
      continue;
    }
    std::vector<std::string> visible;
    for (const std::string& repository : TextsAt(vector, "repositories"))
      if (sight->Shows(repository)) visible.push_back(repository);
    EXPECT_EQ(visible, TextsAt(vector, "visible")) << TextAt(vector, "id");
    shown += visible.size();
  }
  EXPECT_GT(shown, 200U);
}

TEST(PolicyVectorTest, WildcardsMatchAsInTheReference) {
  const auto golden = Golden("wildcard-vectors.json");
  if (!golden) GTEST_SKIP() << "no recorded answers";
  const auto& wildcards = golden->Find("wildcards")->items();
  EXPECT_GT(wildcards.size(), 800U);
  for (const Json& vector : wildcards) {
    std::string pattern = TextAt(vector, "pattern"), text = TextAt(vector, "text");
    if (vector.BoolAt("base64").value_or(false)) {
      pattern = DecodeBase64(pattern).value();
      text = DecodeBase64(text).value();
    }
    const bool wanted = vector.BoolAt("better").value_or(vector.BoolAt("match").value());
    EXPECT_EQ(Wildcard(pattern).Matches(text), wanted)
        << TextAt(vector, "pattern") << " of " << TextAt(vector, "text");
  }
}

TEST(PolicyVectorTest, ResourceNamesAreReadAsInTheReference) {
  const auto golden = Golden("arn-vectors.json");
  if (!golden) GTEST_SKIP() << "no recorded answers";
  const auto& arns = golden->Find("arns")->items();
  const auto& matches = golden->Find("matches")->items();
  const auto& resources = golden->Find("resources")->items();
  EXPECT_GT(arns.size(), 60U);
  EXPECT_GT(matches.size(), 300U);
  EXPECT_GT(resources.size(), 40U);
  for (const Json& vector : arns) {
    const std::string text = TextAt(vector, "arn");
    const auto arn = ParseArn(text);
    const Json& parsed = *vector.Find("parsed");
    ASSERT_EQ(!arn, parsed.is_null()) << text;
    if (!arn) continue;
    EXPECT_EQ(arn->partition, TextAt(parsed, "partition")) << text;
    EXPECT_EQ(arn->service, TextAt(parsed, "service")) << text;
    EXPECT_EQ(arn->account, TextAt(parsed, "account")) << text;
    EXPECT_EQ(arn->resource, TextAt(parsed, "resource")) << text;
  }
  for (const Json& vector : matches) {
    const std::string pattern = TextAt(vector, "pattern"), wanted = TextAt(vector, "wanted");
    EXPECT_EQ(ResourcePattern(pattern, "alice").Matches(ParseArn(wanted)),
              vector.BoolAt("match").value())
        << pattern << " of " << wanted;
  }
  for (const Json& vector : resources) {
    const auto patterns = ResourcePatterns(TextAt(vector, "resource"));
    const bool readable = !vector.Find("patterns")->is_null();
    ASSERT_EQ(patterns.has_value(), readable) << TextAt(vector, "resource");
    if (!readable) continue;
    EXPECT_EQ(*patterns, TextsAt(vector, "patterns")) << TextAt(vector, "resource");
  }
}

TEST(PolicyTest, AUserNameIsNoPattern) {
  const ResourcePattern own("arn:lakefs:auth:::user/${user}", "a*");
  EXPECT_TRUE(own.Matches(ParseArn("arn:lakefs:auth:::user/a*")));
  EXPECT_FALSE(own.Matches(ParseArn("arn:lakefs:auth:::user/alice")));
  EXPECT_FALSE(ResourcePattern("${user}", "*").Matches(ParseArn("arn:lakefs:fs:::repository/x")));
}

TEST(PolicyTest, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "a*";
  EXPECT_FALSE(Wildcard(pattern + "b").Matches(std::string(20'000, 'a')));
}

/// Names that cannot be looked up.
class BrokenFacts : public RequestFacts {
 public:
  Status AppendName(std::string_view, size_t, std::string*) override {
    return {Code::kPullRequestNotFound, "pull request not found"};
  }
  size_t CountOf(std::string_view) override { return 2; }
  std::optional<std::string> Fact(std::string_view) override { return std::nullopt; }
};

TEST(AuthorizerTest, WithoutPoliciesNothingIsAskedOfTheRequest) {
  BrokenFacts facts;
  EXPECT_TRUE(Authorizer().Decide({}, {"fs:ReadObject", "{path}"}, facts).ok());
}

TEST(AuthorizerTest, WhatCannotBeKnownIsTheAnswer) {
  GivenPolicies source;
  BrokenFacts facts;
  EXPECT_EQ(Authorizer(&source).Decide({}, {"fs:ReadObject", "{path}"}, facts).code(),
            Code::kPullRequestNotFound);
}

TEST(AuthorizerTest, AnOutageIsNoAnswer) {
  GivenPolicies source;
  source.Break({Code::kIo, "the store is away"});
  BrokenFacts facts;
  EXPECT_EQ(Authorizer(&source).Decide({}, {"fs:ReadConfig", kEverything}, facts).code(),
            Code::kIo);
  EXPECT_EQ(Authorizer(&source).See({}, kListRepositories).code(), Code::kIo);
}

TEST(AuthorizerTest, AListingAsksForTheWholeResource) {
  constexpr Permission kBranchesOfAll = {"fs:ListBranches",
                                         "arn:lakefs:fs:::repository/{repository}/branch/main"};
  GivenPolicies source;
  source.Give({Rule("allow", {"*"}, "arn:lakefs:fs:::repository/a/branch/main")});
  const auto sight = Authorizer(&source).See({}, kBranchesOfAll);
  ASSERT_TRUE(sight.ok());
  EXPECT_TRUE(sight->Shows("a"));
  EXPECT_FALSE(sight->Shows("b"));
  EXPECT_FALSE(sight->Shows("a/branch/main"));
}

TEST(AuthorizerTest, NobodyHasNoPermission) {
  GivenPolicies source;
  source.Give({Rule("allow", {"*"}, "*")});
  BrokenFacts facts;
  EXPECT_EQ(Authorizer(&source).Decide({}, Permission(), facts).code(),
            Code::kInsufficientPermissions);
  EXPECT_TRUE(Authorizer(&source).Decide({}, {"fs:ReadConfig", kEverything}, facts).ok());
}

}  // namespace
}  // namespace tarn::auth
