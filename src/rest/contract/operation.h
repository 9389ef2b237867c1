// The row of an operation: everything that the contract says about it, as data.
//
// One table (operations_*.cc) drives the router, validation, binding, authentication,
// authorization, metrics, the choice of thread pool, and the OpenAPI document. Sources:
// the contract of the reference, docs/differences.md. Level 8; constant data.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "auth/permission.h"
#include "base/result.h"
#include "http/exchange.h"

namespace tarn::rest {

class Call;

enum class ParameterIn : uint8_t { kPath, kQuery, kHeader };
enum class ParameterType : uint8_t { kString, kInteger, kBoolean, kDateTime, kStringList };

/// Longest list of allowed values of a parameter.
inline constexpr int kEnumMax = 3;

/// A parameter of an operation.
struct Parameter {
  std::string_view name;
  ParameterIn in = ParameterIn::kQuery;
  ParameterType type = ParameterType::kString;
  bool required = false;
  bool allow_empty = false;        ///< "name=" is a value; else it is refused.
  std::string_view default_value;  ///< Empty: none.
  bool bounded = false;            ///< Whether minimum and maximum count.
  int64_t minimum = 0, maximum = 0;
  std::string_view pattern;  ///< Name of a pattern (patterns.h); empty: none.
  std::string_view allowed[kEnumMax] = {};
  std::string_view component;  ///< Name under components/parameters; empty: written in place.
  bool deprecated = false;
  std::string_view description;
};

/// Whether a user is needed.
enum class Access : uint8_t {
  kOpen,         ///< Credentials are not looked at.
  kOptional,     ///< Wrong credentials are refused, absent ones are not.
  kUser,         ///< Any user.
  kPermissions,  ///< A user with the permission of the row.
  kEachItem,     ///< Any user; the handler asks for the permission of the row for each item.
};

/// What an operation works on that not every mode of users has. Where it is missing the answer is
/// 501, to everybody.
enum class Feature : uint8_t {
  kNone,
  kPolicies,    ///< Not where groups have permissions instead.
  kPrincipals,  ///< External ones: where there are policies, and the configuration has them.
};

enum class BodyKind : uint8_t {
  kNone,
  kJson,          ///< A required JSON document.
  kJsonOptional,  ///< A JSON document or nothing.
  kStream,        ///< Raw bytes or a form, taken piece by piece.
};

struct Body {
  BodyKind kind = BodyKind::kNone;
  std::string_view schema;  ///< Type text as in schemas.cc: "BranchCreation", "[X]".
};

struct Success {
  int status = 200;
  std::string_view schema;      ///< Empty: no body.
  std::string_view media_type;  ///< Empty: application/json.
};

/// Takes the body of a kStream operation.
class BodyTaker {
 public:
  virtual ~BodyTaker() = default;
  virtual Status Take(std::span<const char> bytes) = 0;
  virtual Result<http::Response> Finish(Call& call) = 0;
};

using Handler = Result<http::Response> (*)(Call& call);
/// What is wrong with a request, whoever asks.
using Check = Status (*)(const Call& call);
using StreamHandler = Result<std::unique_ptr<BodyTaker>> (*)(Call& call);

inline constexpr int kOperationParametersMax = 12;
inline constexpr int kOperationErrorsMax = 9;
inline constexpr int kOperationTagsMax = 3;

/// Largest JSON body by default, in bytes.
inline constexpr int64_t kJsonBytesMax = 4 << 20;
/// Largest body of an import: lists of many thousand paths are normal.
inline constexpr int64_t kImportBytesMax = 32 << 20;
/// Largest body of an operation that needs no credentials.
inline constexpr int64_t kAnonymousBytesMax = 64 << 10;

struct Operation {
  std::string_view id;                            ///< operationId of the contract.
  std::string_view tags[kOperationTagsMax] = {};  ///< Groups in the OpenAPI document.
  std::string_view method;                        ///< "GET"
  std::string_view path;  ///< "/repositories/{repository}"; each "{x}" is a path parameter.
  std::string_view summary;
  const Parameter* parameters[kOperationParametersMax] = {};  ///< Query and headers, in order.
  Body body = {};
  Success success = {};
  int errors[kOperationErrorsMax] = {};  ///< All declared ones but "default".
  Access access = Access::kPermissions;
  auth::Permission permission = {};
  Feature feature = Feature::kNone;
  std::string_view event;  ///< Name in usage statistics and the audit line; empty: not counted.
  http::Pool pool = http::Pool::kMeta;
  /// Path parameter with the branch that the operation moves: a request at a time works on one.
  std::string_view lane = {};
  bool try_inline = false;  ///< The handler only reads; it first runs on the io thread.
  int64_t body_bytes_max = kJsonBytesMax;
  bool deprecated = false;
  Check check = nullptr;      ///< What is told before anybody is asked for a permission; or null.
  Handler handler = nullptr;  ///< Each operation has this or the next.
  StreamHandler stream = nullptr;
};

/// Operations of one tag group; defined in operations_*.cc.
std::span<const Operation> RepositoryOperations();
std::span<const Operation> RefOperations();
std::span<const Operation> ObjectOperations();
std::span<const Operation> ActionOperations();
std::span<const Operation> AuthOperations();
std::span<const Operation> SystemOperations();
/// Those that the contract of the reference does not have.
std::span<const Operation> OwnOperations();

/// All operations, in the order of the groups above.
const std::vector<const Operation*>& AllOperations();

/// Path parameters that are more than a string ("partNumber", "type"); null for the others.
const Parameter* SpecialPathParameter(std::string_view name);

}  // namespace tarn::rest
