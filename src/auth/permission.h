// What an operation asks for: a tree of permissions, each an action on a resource, as constant data
// of the protocols' tables.
//
// A resource is a template: "arn:lakefs:fs:::repository/{repository}/object/{path}". What stands
// for the names in braces is asked of the request, and only where a policy must be matched. Level
// 7; constant data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "auth/action.h"
#include "base/result.h"

namespace tarn::auth {

/// The resource that only a policy for everything covers.
inline constexpr std::string_view kEverything = "*";

struct Permission {
  enum class Kind : uint8_t {
    kNone,    ///< No permission; nobody has it.
    kAction,  ///< An action on a resource.
    kAll,     ///< All parts.
    kAny,     ///< At least one part, and none of them denied.
    kEach,    ///< All parts, for each item of a list that the request has.
  };

  constexpr Permission() = default;
  constexpr Permission(Action wanted, std::string_view on)
      : kind(Kind::kAction), action(wanted.name()), resource(on) {}

  Kind kind = Kind::kNone;
  std::string_view action;
  std::string_view resource;          ///< Template.
  std::span<const Permission> parts;  ///< In the order in which they are decided.
  std::string_view list;              ///< kEach: the name of the list.
};

/// All of `parts`, which must live as long as the result.
constexpr Permission AllOf(std::span<const Permission> parts) {
  Permission permission;
  permission.kind = Permission::Kind::kAll;
  permission.parts = parts;
  return permission;
}

/// All of `parts` for each item of a list; their templates name items as "{list.name}".
constexpr Permission ForEach(std::string_view list, std::span<const Permission> parts) {
  Permission permission;
  permission.kind = Permission::Kind::kEach;
  permission.list = list;
  permission.parts = parts;
  return permission;
}

/// A request, as far as decisions look at it. One thread at a time.
class RequestFacts {
 public:
  virtual ~RequestFacts() = default;
  /// Appends what stands for a name of a template; nothing where the request does not say it.
  /// `item`: the place in the list of the surrounding kEach. An error is why the thing cannot be
  /// known, and becomes the answer to the request.
  virtual Status AppendName(std::string_view name, size_t item, std::string* out) = 0;
  /// Items of a list of the request.
  virtual size_t CountOf(std::string_view list) = 0;
  /// A fact that conditions of policies are about ("SourceIp"); nothing if there is none of that
  /// name.
  virtual std::optional<std::string> Fact(std::string_view name) = 0;
};

/// The resource that a template is for a request. Errors of AppendName.
Result<std::string> FormatResource(std::string_view resource, size_t item, RequestFacts& facts);

}  // namespace tarn::auth
