// What a listing of a bucket asks for, and the document that answers it. Level 8; pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "catalog/catalog.h"
#include "codec/url.h"
#include "s3gw/answer.h"

namespace tarn::s3gw {

/// Longest pages of objects and of branches.
inline constexpr int64_t kObjectPageMax = 10'000;
inline constexpr int64_t kBranchPageMax = 1'000;
inline constexpr int64_t kPageDefault = 1'000;

/// "ref/path" in two; without a path the text is the start of a branch name.
struct RefPrefix {
  std::string ref;
  std::optional<std::string> path;
};
/// Splits a prefix or marker at its first slash, after one leading slash. Nothing for a text
/// without ref ("/", "//x").
std::optional<RefPrefix> ReadRefPrefix(std::string_view text);

/// The path after which a listing of `ref` starts, for a marker that may stand anywhere among the
/// keys of the bucket. Nothing if it stands behind all keys of the ref.
std::optional<std::string> PathAfter(std::string_view ref, std::string_view marker);

/// The parameters of a listing of version 1 or 2.
struct ListingRequest {
  bool v2 = false;
  std::string prefix, delimiter;
  std::string after;   ///< The key that the marker names; or the token, else start-after.
  std::string marker;  ///< As sent; version 1.
  std::optional<std::string> token;        ///< As sent; version 2.
  std::optional<std::string> start_after;  ///< As sent; version 2.
  bool url_encoded = false;
  int64_t keys_max = kPageDefault;  ///< As sent.

  /// Items of a page: a number out of range means `page_max`.
  int64_t Limit(int64_t page_max) const {
    return keys_max < 0 || keys_max > page_max ? page_max : keys_max;
  }
};
/// kBadRequest for an unknown version.
Expected<ListingRequest> ReadListingRequest(const Query& query);

/// Collects the items of a page and writes the document.
class ListingPage {
 public:
  /// `request` is borrowed.
  explicit ListingPage(const ListingRequest& request) : request_(request) {}
  /// Adds an object or a common prefix; `ref` is put before its path.
  void Add(std::string_view ref, const catalog::ListedItem& item);
  void AddBranch(std::string_view name);
  /// `next`: the last key of this page; empty: it is the last page.
  http::Response Finish(std::string_view bucket, std::string_view next) &&;

 private:
  void AppendKey(std::string* out, std::string_view name) const;
  std::string Encoded(std::string_view text) const;

  const ListingRequest& request_;
  std::string prefixes_, contents_;
  int64_t key_count_ = 0;
  int64_t branch_count_ = 0;
};

}  // namespace tarn::s3gw
