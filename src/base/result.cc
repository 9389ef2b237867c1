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

Status::Detail& Status::detail() {
  if (!detail_) detail_ = std::make_unique<Detail>();
  return *detail_;
}

Status Status::Prefixed(std::string_view prefix) && {
  if (!ok()) detail().message.insert(0, prefix);
  return std::move(*this);
}

Status Status::Suffixed(std::string_view text) && {
  if (!ok()) detail().message.append(text);
  return std::move(*this);
}

Status Status::WithRetry(Retry retry) && {
  if (!ok()) retry_ = retry;
  return std::move(*this);
}

Status Status::With(std::string_view key, std::string_view value) && {
  if (!ok() && Context(key).empty()) detail().context.emplace_back(key, value);
  return std::move(*this);
}

std::string_view Status::Context(std::string_view key) const {
  if (!detail_) return {};
  for (const auto& [name, value] : detail_->context) {
    if (name == key) return value;
  }
  return {};
}

std::string Status::ToString() const {
  std::string text(CodeName(code_));
  if (!detail_) return text;
  if (!detail_->message.empty()) text.append(": ").append(detail_->message);
  std::string context;
  for (const auto& [name, value] : detail_->context)
    context.append(context.empty() ? "" : " ").append(name).append("=").append(value);
  if (!context.empty()) text.append(" (").append(context).append(")");
  return text;
}

}  // namespace tarn
