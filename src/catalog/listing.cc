// Pages of objects and of differences.
#include <algorithm>
#include <utility>

#include "catalog/catalog.h"
#include "catalog/page.h"
#include "refs/names.h"
#include "versioning/branch/read.h"

namespace tarn::catalog {
namespace {

size_t AmountOf(int amount, int amount_max) {
  return static_cast<size_t>(amount <= 0 ? kAmountDefault : std::min(amount, amount_max));
}

/// Prefixes and delimiters may be empty, but not longer than a path.
Status CheckLength(std::string_view argument, std::string_view text) {
  return text.empty() ? Status() : refs::CheckPath(argument, text);
}

/// One that is not UTF-8 could cut a path within a character; the common prefix would then have no
/// name by which the next page could be asked for.
Status CheckDelimiter(std::string_view delimiter) {
  return delimiter.empty() ? Status() : refs::CheckNewPath("delimiter", delimiter);
}

Result<std::unique_ptr<committed::DiffIterator>> OpenDiff(versioning::Context& context,
                                                          const refs::Repository& repository,
                                                          const DiffRequest& request) {
  switch (request.type) {
    case DiffType::kTwoDot:
      return versioning::DiffRefs(context, repository, request.left, request.right);
    case DiffType::kThreeDot:
      return versioning::DiffMerge(context, repository, request.left, request.right);
    case DiffType::kUncommitted:
      break;
  }
  return versioning::DiffUncommitted(context, repository, BranchId(request.left));
}

/// The entry that describes a difference: the new one, or the one that is gone. Uncommitted
/// removals show none, as the reference does.
ValueView ShownValue(DiffType type, const committed::DiffValue& value) {
  if (!value.right.is_tombstone() || type == DiffType::kUncommitted) return value.right;
  return value.left;
}

}  // namespace

Result<ListEnd> Catalog::List(const refs::Repository& repository, const ListRequest& request,
                              const std::function<Status(const ListedItem&)>& sink) {
  TARN_TRY(refs::CheckRef("ref", request.ref));
  TARN_TRY(CheckLength("prefix", request.prefix));
  TARN_TRY(CheckDelimiter(request.delimiter));
  TARN_TRY_ASSIGN(const refs::Resolved ref, context_.refs.Resolve(repository, request.ref));
  TARN_TRY_ASSIGN(const auto values, versioning::IterateValues(context_, repository, ref));
  ListedItem item;
  TARN_TRY_ASSIGN(PageEnd end, WalkPage(
                                   *values,
                                   {request.prefix, request.after, request.delimiter,
                                    AmountOf(request.amount, kListAmountMax)},
                                   [&](std::string_view path, const ValueView& value) -> Status {
                                     item.path = path;
                                     item.is_prefix = false;
                                     TARN_TRY_ASSIGN(item.entry, ParseEntry(value.data));
                                     return sink(item);
                                   },
                                   [&](std::string_view prefix) {
                                     item = {.path = prefix, .is_prefix = true};
                                     return sink(item);
                                   }));
  ListEnd result;
  result.has_more = end.has_more;
  if (end.has_more) result.next_offset = std::move(end.last);
  result.results = static_cast<int>(end.items);
  return result;
}

Result<refs::Page<DiffItem>> Catalog::Diff(const refs::Repository& repository,
                                           const DiffRequest& request) {
  TARN_TRY(CheckLength("prefix", request.prefix));
  TARN_TRY(CheckDelimiter(request.delimiter));
  TARN_TRY_ASSIGN(const auto diff, OpenDiff(context_, repository, request));
  refs::Page<DiffItem> page;
  TARN_TRY_ASSIGN(const PageEnd end,
                  WalkPage(
                      *diff,
                      {request.prefix, request.after, request.delimiter,
                       AmountOf(request.amount, kDiffAmountMax)},
                      [&](std::string_view path, const committed::DiffValue& value) -> Status {
                        DiffItem item{.kind = value.kind, .path = std::string(path)};
                        const ValueView shown = ShownValue(request.type, value);
                        item.has_entry = !shown.is_tombstone();
                        if (item.has_entry) {
                          TARN_TRY_ASSIGN(const EntryView entry, ParseEntry(shown.data));
                          item.entry = ToEntry(entry);
                        }
                        page.items.push_back(std::move(item));
                        return Status();
                      },
                      [&](std::string_view prefix) {
                        page.items.push_back({.kind = committed::DiffKind::kChanged,
                                              .path = std::string(prefix),
                                              .is_prefix = true});
                        return Status();
                      }));
  page.has_more = end.has_more;
  return page;
}

}  // namespace tarn::catalog
