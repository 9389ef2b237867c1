// The permissions that the reference was seen to ask for: per operation, and cases that show it.
// Level 7, tests only.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/testing/policies.h"
#include "codec/json.h"

namespace tarn::auth::testing {

struct RecordedOperation {
  std::string method, path;  ///< "{name}" where it varies.
  std::string check;         ///< "tree", "user", "none", "listing", "each key".
  std::string permission;    ///< As Describe() writes it.
};

/// The operations of a protocol ("rest", "s3") by name; nothing without the record.
std::optional<std::map<std::string, RecordedOperation>> ReadRecordedOperations(
    std::string_view protocol);

/// "fs:ReadObject arn:...": one action on a resource a line, in order; nothing for no permission.
std::string Describe(const Permission& permission);

/// The names in the resources of a permission.
std::vector<std::string> NamesIn(const Permission& permission);

/// A request that a case sends.
struct RecordedRequest {
  std::string method, target;
  std::string body;
  bool is_json = false;
  std::vector<std::pair<std::string, std::string>> headers;
};

struct RecordedRight {
  std::string action, resource;
};

/// A request and the rights that it takes, all of them.
struct PermissionCase {
  std::string id, operation;
  std::vector<RecordedRequest> prepare;
  RecordedRequest request;
  std::vector<RecordedRight> rights;  ///< In the order in which they are looked at.
};

/// The cases of a protocol that need rights, with variables filled in; nothing without the record.
std::optional<std::vector<PermissionCase>> ReadPermissionCases(
    std::string_view protocol, const std::map<std::string, std::string>& variables);

/// What to try a case with: policies, and the refusal that they must lead to ("" for none).
struct Trial {
  std::string what;
  std::vector<Policy> policies;
  std::string refusal;
};

/// No right at all; all but one; everything with one denied; and exactly the rights.
std::vector<Trial> TrialsOf(const PermissionCase& tried);

}  // namespace tarn::auth::testing
