// The row of an operation of the contract: one table drives routing, the check of bodies, the log
// and the answer for what is missing. Level 8; constant data.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace tarn::authserver {

class Call;

enum class FieldType : uint8_t {
  kText,     ///< At most kTextBytesMax.
  kInteger,  ///< That fits 64 bits.
  kBoolean,
  kBase64,      ///< Bytes, written as a text.
  kStatements,  ///< A list of statements of a policy.
};

/// A property that a body may have; null counts as absent.
struct Field {
  std::string_view name;
  FieldType type = FieldType::kText;
  bool required = false;
};

/// Largest text of a field but statements, in bytes.
inline constexpr size_t kTextBytesMax = 4096;
/// Largest body in bytes.
inline constexpr int64_t kBodyBytesMax = 1 << 20;

using Handler = Result<http::Response> (*)(Call& call);

struct Operation {
  std::string_view id;      ///< operationId of the contract.
  std::string_view method;  ///< "GET"
  std::string_view path;    ///< "/auth/users/{userId}"
  Handler handler = nullptr;
  std::span<const Field> body = {};  ///< Empty: no body.
  /// What is not found where all that the path names is there.
  std::string_view missing = "not found";
};

/// The one operation that needs no token.
inline constexpr std::string_view kHealthCheckId = "healthCheck";

/// All operations.
std::span<const Operation> Operations();

}  // namespace tarn::authserver
