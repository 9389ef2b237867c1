// Any bytes as a ref expression, as names, and as the entry that a path of a repository holds.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "codec/entry.h"
#include "refs/expression.h"
#include "refs/names.h"

namespace tarn::refs {
namespace {

/// The expression as text; numbers that were left out are written.
std::string TextOf(const Expression& expression) {
  std::string text(expression.base);
  for (const Modifier& modifier : expression.modifiers) {
    text.push_back(modifier.kind);
    if (modifier.kind == '~' || modifier.kind == '^') text += std::to_string(modifier.number);
  }
  return text;
}

void CheckExpression(std::string_view text) {
  const auto expression = ParseExpression(text);
  if (!expression.ok()) {
    TARN_CHECK(expression.code() == Code::kInvalidValue);
    return;
  }
  TARN_CHECK(!expression->base.empty() && text.starts_with(expression->base));
  TARN_CHECK(expression->modifiers.size() <= text.size() - expression->base.size());
  const std::string written = TextOf(*expression);
  const auto again = ParseExpression(written);
  TARN_CHECK(again.ok() && TextOf(*again) == written);
}

void CheckNames(std::string_view text) {
  // A name that may be stored is never an expression: its modifiers would change what it means.
  if (CheckBranchId("branch", BranchId(text)).ok()) {
    const auto expression = ParseExpression(text);
    TARN_CHECK(expression.ok() && expression->modifiers.empty());
  }
  const bool is_repository = CheckRepositoryId("repository", RepositoryId(text)).ok();
  constexpr std::string_view kNeverInRepositories("/.\\\0\n ", 6);
  if (is_repository) TARN_CHECK(text.find_first_of(kNeverInRepositories) == std::string::npos);
  IgnoreError(CheckTagId("tag", TagId(text)), "it must only end");
  IgnoreError(CheckRef("ref", text), "it must only end");
  TARN_CHECK(!CheckPath("path", text).ok() || (!text.empty() && text.size() <= kPathBytesMax));
}

void CheckEntry(std::string_view bytes) {
  const auto view = ParseEntry(bytes);
  if (!view.ok()) return;
  // What is written from it is read the same, and is the same object.
  const Entry entry = ToEntry(*view);
  std::string written;
  AppendEntry(&written, entry);
  const auto again = ParseEntry(written);
  TARN_CHECK(again.ok());
  const Entry copy = ToEntry(*again);
  TARN_CHECK(IdentityOf(copy) == IdentityOf(entry) && copy.address == entry.address);
  std::string rewritten;
  AppendEntry(&rewritten, copy);
  TARN_CHECK(rewritten == written);
}

void Run(std::string_view bytes) {
  CheckExpression(bytes);
  CheckNames(bytes);
  CheckEntry(bytes);
}

}  // namespace
}  // namespace tarn::refs

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::refs::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
