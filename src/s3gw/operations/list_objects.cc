// Listings of a bucket: its branches, or the objects of a ref.
#include "s3gw/call.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/listing_page.h"

namespace tarn::s3gw {
namespace {

// A marker may be the name of a branch, its prefix, or any key below it.
Answer ListBranches(Call& call, const ListingRequest& request, std::string prefix) {
  std::string after = request.after.substr(0, request.after.find('/'));
  const auto amount = static_cast<int>(request.Limit(kBranchPageMax));
  TARN_TRY_ASSIGN(
      const auto branches,
      call.refs().ListBranches(call.repository(), {std::move(prefix), std::move(after), amount},
                               /*with_hidden=*/false));
  ListingPage page(request);
  for (const refs::Branch& branch : branches.items) page.AddBranch(branch.id.str());
  const std::string_view last = branches.has_more ? branches.items.back().id.view() : "";
  return std::move(page).Finish(call.target().repository, last);
}

Answer ListRef(Call& call, const ListingRequest& request, const RefPrefix& prefix) {
  catalog::ListRequest list{.ref = prefix.ref, .prefix = *prefix.path};
  list.delimiter = request.delimiter;
  list.amount = static_cast<int>(request.Limit(kObjectPageMax));
  ListingPage page(request);
  const std::string& bucket = call.target().repository;
  if (request.token) {  // One of ours is of the ref that it continues.
    const auto after = ReadRefPrefix(request.after);
    if (!after || !http::EqualsIgnoreCase(after->ref, prefix.ref)) return Error::kBadRequest;
    list.after = after->path.value_or("");
  } else if (!request.after.empty()) {
    auto after = PathAfter(prefix.ref, request.after);
    if (!after) return std::move(page).Finish(bucket, "");
    list.after = *std::move(after);
  }
  const auto add = [&](const catalog::ListedItem& item) -> Status {
    page.Add(prefix.ref, item);
    return {};
  };
  const auto end = call.catalog().List(call.repository(), list, add);
  // Where there is no such ref there are no keys.
  if (IsMissing(end.code())) return std::move(page).Finish(bucket, "");
  if (!end.ok()) return IsServerFailure(end.code()) ? Answer(end.status()) : Error::kBadRequest;
  return std::move(page).Finish(bucket, end->has_more ? prefix.ref + "/" + end->next_offset : "");
}

}  // namespace

Answer ListObjects(Call& call) {
  auto request = ReadListingRequest(call.query());
  if (!request.ok()) return request.failure();
  const auto prefix = ReadRefPrefix(request->prefix);
  if (!prefix && !request->prefix.empty()) return Error::kBadRequest;
  // A page of nothing is whole: there is no key that a next one could start behind.
  if (request->keys_max == 0) return ListingPage(*request).Finish(call.target().repository, "");
  if (!prefix) return ListBranches(call, *request, "");
  if (!prefix->path) return ListBranches(call, *request, prefix->ref);
  return ListRef(call, *request, *prefix);
}

}  // namespace tarn::s3gw
