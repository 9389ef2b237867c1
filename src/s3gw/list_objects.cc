// Listings of a bucket: its branches, or the objects of a ref.
#include <algorithm>

#include "s3gw/call.h"
#include "s3gw/handlers.h"
#include "s3gw/listing_page.h"

namespace tarn::s3gw {
namespace {

// The core lists at least one item, so a page of none is cut from a page of one.
Answer ListBranches(Call& call, const ListingRequest& request, std::string prefix) {
  const int64_t limit = request.Limit(kBranchPageMax);
  TARN_TRY_ASSIGN(const auto branches,
                  call.refs().ListBranches(call.repository(),
                                           {std::move(prefix), request.after,
                                            static_cast<int>(std::max<int64_t>(limit, 1))},
                                           /*with_hidden=*/false));
  ListingPage page(request);
  if (limit == 0)
    return std::move(page).Finish(call.target().repository, !branches.items.empty(), "");
  for (const refs::Branch& branch : branches.items) page.AddBranch(branch.id.str());
  const std::string_view last = branches.has_more ? branches.items.back().id.view() : "";
  return std::move(page).Finish(call.target().repository, branches.has_more, last);
}

Answer ListRef(Call& call, const ListingRequest& request, const RefPrefix& prefix) {
  catalog::ListRequest list{.ref = prefix.ref, .prefix = *prefix.path};
  list.delimiter = request.delimiter;
  if (!request.after.empty()) {
    const auto after = ReadRefPrefix(request.after);
    if (!after || !http::EqualsIgnoreCase(after->ref, prefix.ref)) return Error::kBadRequest;
    list.after = after->path.value_or("");
  }
  const int64_t limit = request.Limit(kObjectPageMax);
  list.amount = static_cast<int>(std::max<int64_t>(limit, 1));
  ListingPage page(request);
  const auto add = [&](const catalog::ListedItem& item) -> Status {
    if (limit > 0) page.Add(prefix.ref, item);
    return {};
  };
  const auto end = call.catalog().List(call.repository(), list, add);
  const std::string& bucket = call.target().repository;
  if (!end.ok()) {
    if (!request.v2 && IsMissing(end.code())) return std::move(page).Finish(bucket, false, "");
    return IsServerFailure(end.code()) ? Answer(end.status()) : Answer(Error::kBadRequest);
  }
  if (limit == 0) {
    const bool any = end->results > 0;
    return std::move(page).Finish(bucket, any, any && request.v2 ? prefix.ref + "/" : "");
  }
  return std::move(page).Finish(bucket, end->has_more,
                                end->has_more ? prefix.ref + "/" + end->next_offset : "");
}

}  // namespace

Answer ListObjects(Call& call) {
  auto request = ReadListingRequest(call.query());
  if (!request.ok()) return request.failure();
  if (request->prefix.empty()) return ListBranches(call, *request, "");
  const auto prefix = ReadRefPrefix(request->prefix);
  if (!prefix) return Error::kBadRequest;
  if (!prefix->path) return ListBranches(call, *request, prefix->ref);
  return ListRef(call, *request, *prefix);
}

}  // namespace tarn::s3gw
