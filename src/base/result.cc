#include "base/result.h"

#include <array>

namespace tarn {
namespace {

constexpr std::array<std::string_view, kCodeCount> kCodeNames = {"ok",
                                                                 "would block",
                                                                 "cancelled",
                                                                 "unauthenticated",
                                                                 "insufficient permissions",
                                                                 "invalid value",
                                                                 "invalid request",
                                                                 "path required",
                                                                 "link address invalid",
                                                                 "link address expired",
                                                                 "invalid address",
                                                                 "address blocked",
                                                                 "unsupported",
                                                                 "write failed",
                                                                 "not found",
                                                                 "repository not found",
                                                                 "branch not found",
                                                                 "tag not found",
                                                                 "commit not found",
                                                                 "pull request not found",
                                                                 "user not found",
                                                                 "forbidden",
                                                                 "protected branch",
                                                                 "read-only repository",
                                                                 "default branch",
                                                                 "dirty branch",
                                                                 "no changes",
                                                                 "not unique",
                                                                 "conflict",
                                                                 "revert needs parent",
                                                                 "parent out of range",
                                                                 "repository in deletion",
                                                                 "data not found",
                                                                 "already exists",
                                                                 "too many tries",
                                                                 "slow down",
                                                                 "precondition failed",
                                                                 "predicate failed",
                                                                 "not implemented",
                                                                 "hook failed",
                                                                 "range unsatisfiable",
                                                                 "too large",
                                                                 "corrupt",
                                                                 "no space",
                                                                 "io",
                                                                 "internal"};
static_assert(!kCodeNames.back().empty(), "every code has a name");

}  // namespace

std::string_view CodeName(Code code) { return kCodeNames[static_cast<size_t>(code)]; }

Status Status::Prefixed(std::string_view prefix) && {
  if (!ok()) {
    if (!message_) message_ = std::make_unique<std::string>();
    message_->insert(0, prefix);
  }
  return std::move(*this);
}

Status Status::Suffixed(std::string_view text) && {
  if (!ok()) {
    if (!message_) message_ = std::make_unique<std::string>();
    message_->append(text);
  }
  return std::move(*this);
}

std::string Status::ToString() const {
  std::string text(CodeName(code_));
  if (message_ && !message_->empty()) text.append(": ").append(*message_);
  return text;
}

}  // namespace tarn
