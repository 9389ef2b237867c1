// What remote stores answer when they refuse, as our codes, whether asking again can help, and what
// an operator can do about it. The names of errors are each store's own: its table is here in one
// form. Level 2; pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tarn::http {

struct Failure {
  int status = 0;       ///< Of HTTP.
  std::string reason;   ///< Name of the error; empty where the answer has none.
  std::string message;  ///< Of the store.
};

/// Takes the name, unless there is one, and the message of an <Error>, if `body` is one.
void ReadXmlFailure(std::string_view body, Failure* failure);

struct NamedFailure {
  std::string_view name;
  Code code;
  std::string_view advice = {};  ///< What an operator can do; a clause, or nothing.
};

/// How one store's failures are understood.
struct FailureTable {
  std::string_view store;  ///< As messages call it.
  std::span<const NamedFailure> names;
  Code conflict = Code::kIo;  ///< Of status 409 without a name that is known.
  /// A name that is not known is a reason of its own, whatever the status; else it says no more
  /// than the status does.
  bool names_are_reasons = true;
};

/// kSlowDown: asking again can help; kDataNotFound ("not found"); kPreconditionFailed;
/// kRangeUnsatisfiable; kUnsupported: the store cannot do it; kIo: all else, with what was asked
/// for, the store's words and what can be done; or what the table says.
Status ToStatus(const FailureTable& table, const Failure& failure, std::string_view operation,
                std::string_view object);

}  // namespace tarn::http
