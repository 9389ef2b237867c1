// One request of an operation, as its handler sees it: typed arguments, the user, the core.
//
// Built by the exchange (exchange.cc) after the request passed validation, authentication and
// binding. Level 8; one thread at a time. Views live as long as the request.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/service.h"
#include "base/ids.h"
#include "catalog/catalog.h"
#include "codec/json.h"
#include "http/message.h"
#include "rest/api.h"
#include "rest/contract/operation.h"
#include "rest/contract/parameters.h"
#include "serving/usage.h"
#include "versioning/import/import.h"

namespace tarn::rest {

/// The texts of a JSON object; empty for any other value.
Metadata MapOf(const Json& value);

/// What handlers work on.
struct Services {
  Parts parts;
  Options options;
};

class Call {
 public:
  Call(const Services& services, const Operation& operation, const ParameterList& parameters,
       const http::RequestHead& head)
      : services_(services), operation_(operation), head_(head), parameters_(parameters) {}

  // Arguments. Names are those of the row.
  std::string_view Text(std::string_view name) const { return parameters_.at(name).text; }
  bool Has(std::string_view name) const { return parameters_.at(name).present(); }
  bool Flag(std::string_view name) const { return parameters_.at(name).boolean; }
  /// Null if the row has no such parameter.
  const ParameterValue* Find(std::string_view name) const { return parameters_.Find(name); }
  const ParameterValue& Value(std::string_view name) const { return parameters_.at(name); }
  std::vector<std::string> List(std::string_view name) const { return parameters_.List(name); }
  /// The page size: "amount", 100 if it is not positive.
  int Amount() const;
  /// "prefix", "after" and the page size.
  refs::PageRequest Page() const;

  /// The body: an object, or null if there was none.
  const Json& body() const { return body_; }
  /// A property of the body: "" or false or nothing if absent.
  std::string BodyText(std::string_view name) const;
  bool BodyFlag(std::string_view name) const { return body_.BoolAt(name).value_or(false); }
  Metadata BodyMap(std::string_view name) const;

  /// REQUIRES an operation with Access::kUser or more.
  const auth::User& user() const { return *user_; }
  const std::optional<auth::User>& maybe_user() const { return user_; }
  // For operations on many things (Access::kEachItem, and what a row asks for beyond itself).
  /// Whether the user has a permission on one of them, which `name` stands for in its resource;
  /// errors of auth::Authorizer::Decide.
  Status Decide(const auth::Permission& wanted, std::string_view name, std::string_view item) const;
  /// What the user sees of the list that the row is about.
  Result<auth::Visibility> See() const;

  const http::RequestHead& head() const { return head_; }
  const Operation& operation() const { return operation_; }
  const Options& options() const { return services_.options; }
  serving::UsageCounter& usage() const { return services_.parts.usage; }

  catalog::Catalog& catalog() const { return services_.parts.catalog; }
  versioning::Context& context() const { return catalog().context(); }
  refs::Store& refs() const { return context().refs; }
  auth::Service& auth() const { return services_.parts.auth; }
  auth::Directory& directory() const { return auth().directory(); }
  versioning::JobEngine& jobs() const { return services_.parts.jobs; }
  hooks::HookService* hooks() const { return services_.parts.hooks; }

  RepositoryId repository_id() const { return RepositoryId(Text("repository")); }
  /// Looks the repository up, its id checked first: `argument <label>: repository id: ...`.
  Result<refs::Repository> Repository(std::string_view label = "repository") const;
  /// Looks the repository up without a check of its id: a malformed one is not found.
  Result<refs::Repository> UncheckedRepository() const;

 private:
  friend class OperationExchange;
  const Services& services_;
  const Operation& operation_;
  const http::RequestHead& head_;
  ParameterSet parameters_;
  Json body_;
  std::optional<auth::User> user_;
};

}  // namespace tarn::rest
