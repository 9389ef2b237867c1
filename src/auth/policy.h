// Policies: what their statements allow and deny, and the decision on a permission by all of a
// user's. The language and its precedence are the contract's: deny wins, and every doubt denies.
// A user's name is taken literally, where the reference lets one with wildcards act as a pattern.
// Level 7; immutable, so thread-safe.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "auth/arn.h"
#include "auth/condition.h"
#include "auth/permission.h"
#include "auth/wildcard.h"

namespace tarn::auth {

struct Statement {
  std::string effect;                ///< "deny" denies, everything else allows.
  std::vector<std::string> actions;  ///< Patterns.
  std::string resource;  ///< A pattern, or a JSON list of some. "${user}": the user's name.
  Conditions conditions;
};

struct Policy {
  std::vector<Statement> statements;
};

/// The patterns of a statement's resource; nothing where there is no telling.
std::optional<std::vector<std::string>> ResourcePatterns(std::string_view resource);

/// A pattern of a resource name, for one user.
class ResourcePattern {
 public:
  ResourcePattern(std::string_view pattern, std::string_view username);
  /// Whether it is the pattern of a resource, or, where that is no name, of everything. Wildcards
  /// count in the resource part only; "*" alone is every resource.
  bool Matches(const std::optional<Arn>& resource) const;

 private:
  bool is_everything_ = false;
  bool is_name_ = false;
  std::string service_, account_;
  Wildcard resource_;
};

enum class Verdict : uint8_t { kAllow, kNeutral, kDeny };

/// What came of a permission, and why.
struct Decision {
  Verdict verdict = Verdict::kNeutral;
  std::vector<std::string> denied;        ///< Patterns of actions that denied, in order.
  std::vector<std::string> unauthorized;  ///< Actions that nothing allowed.
  /// The statement by which the last action was denied or first allowed, counted over all policies;
  /// nothing where none covers it.
  std::optional<size_t> statement;

  /// "insufficient permissions: ...", for who is refused.
  std::string Refusal() const;
};

/// All policies of one user, ready to be asked.
class UserPolicies {
 public:
  UserPolicies(std::span<const Policy> policies, std::string_view username);

  /// Decides on a tree of permissions. Errors of FormatResource.
  Result<Decision> Decide(const Permission& wanted, RequestFacts& facts) const;

  // For listings, which leave out what may not be seen. Statements with conditions count for
  // nothing there, nor do those whose resource cannot be read.

  /// Whether some statement allows the action on anything at all.
  bool AllowsAnywhere(std::string_view action) const;
  bool AllowsInListing(std::string_view action, std::string_view resource) const;

 private:
  struct ActionPattern {
    std::string text;
    Wildcard pattern;
  };
  struct Rule {
    bool denies = false;
    bool allows_by_name = false;  // effect "allow", not merely another than "deny"
    std::vector<ActionPattern> actions;
    std::optional<std::vector<ResourcePattern>> resources;  // nothing: unreadable
    Conditions conditions;

    bool Covers(const std::optional<Arn>& resource) const;
    const ActionPattern* Match(std::string_view action) const;
  };

  Result<Verdict> DecideNode(const Permission& wanted, size_t item, RequestFacts& facts,
                             Decision* decision) const;
  Result<Verdict> DecideAll(const Permission& wanted, size_t item, RequestFacts& facts,
                            Decision* decision) const;
  Result<Verdict> DecideAny(const Permission& wanted, size_t item, RequestFacts& facts,
                            Decision* decision) const;
  Verdict DecideAction(std::string_view action, std::string_view resource, RequestFacts& facts,
                       Decision* decision) const;

  std::vector<Rule> rules_;
};

}  // namespace tarn::auth
