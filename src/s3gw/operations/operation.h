// The row of an S3 operation: which requests it is, who may, and how it is run, as data.
//
// The first row of the table (operations.cc) whose level, method and selector fit is the operation
// of a request. Level 8; constant data.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "auth/permission.h"
#include "codec/url.h"
#include "http/exchange.h"
#include "s3gw/answer.h"
#include "s3gw/target.h"

namespace tarn::s3gw {

class Call;

/// Takes the decoded and verified body of a streamed operation.
class BodyTaker {
 public:
  virtual ~BodyTaker() = default;
  virtual Status Take(std::span<const char> bytes) = 0;
  /// The body is complete and fits all that was announced about it.
  virtual Answer Finish(Call& call) = 0;
};

/// How a streamed operation begins: with a taker of its body, or with an answer at once.
struct Opening {
  std::unique_ptr<BodyTaker> taker;
  std::optional<Answer> answer;
  Opening(std::unique_ptr<BodyTaker> body_taker) : taker(std::move(body_taker)) {}  // NOLINT
  Opening(Answer early) : answer(std::move(early)) {}                               // NOLINT
  Opening(Failure failure) : answer(std::move(failure)) {}                          // NOLINT
  Opening(Error error) : answer(error) {}                                           // NOLINT
  Opening(Status status) : answer(std::move(status)) {}                             // NOLINT
};

using Handler = Answer (*)(Call& call);
using StreamHandler = Opening (*)(Call& call);

/// What must be in a request, besides method and level.
struct Selector {
  std::string_view query;   ///< A query key, with or without value.
  std::string_view header;  ///< A header that is not empty.
};

enum class BodyKind : uint8_t {
  kNone,      ///< A body is not looked at.
  kDocument,  ///< XML, kept in memory.
  kStream,    ///< Object bytes.
};

/// Names of elements (elements.h).
using Names = std::span<const std::string_view>;
inline constexpr int kHonouredListsMax = 4;

/// What rows have in common that differ in what they select.
struct Kind {
  std::string_view id;  ///< Label of metrics: "get_object".
  Target::Level level = Target::Level::kService;
  std::string_view method;
  /// What a user needs, with names that decision.h gives. None: any user.
  auth::Permission permission = {};
  /// The same for listings of what stands before the first slash: of branches.
  auth::Permission branches_permission = {};
};

struct Operation {
  const Kind* kind;  ///< Never null.
  Selector selector = {};
  std::string_view event;       ///< Name in usage statistics; empty: not counted.
  bool asks_each_item = false;  ///< The handler asks for the permission, for each item.
  /// The headers and parameters that the handler looks at, besides the selector's. Of others the
  /// elements themselves say whether they are passed over or refused (elements.h).
  Names honoured[kHonouredListsMax] = {};
  bool refuses_all = false;  ///< Whatever else a request asks for, it gets the same refusal.
  BodyKind body = BodyKind::kNone;
  int64_t body_bytes_max = 0;  ///< Of a document.
  http::Pool pool = http::Pool::kMeta;
  bool try_inline = false;        ///< The handler only reads; it first runs on the io thread.
  bool placeless_errors = false;  ///< Errors name no bucket and no region.
  Handler handler = nullptr;      ///< Each operation has this or the next.
  StreamHandler stream = nullptr;
};

/// Whether an operation looks at an element.
bool Honours(const Operation& operation, std::string_view element);

/// All operations, in the order in which they are tried.
std::span<const Operation> Operations();
/// What is no operation: 404 without a body.
const Operation& NotFoundOperation();
/// The first operation that fits, or the last named.
const Operation& FindOperation(const http::RequestHead& head, Target::Level level,
                               const Query& query);

}  // namespace tarn::s3gw
