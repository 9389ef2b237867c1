#include "s3gw/operations/write_checks.h"

#include <algorithm>

#include "codec/base64.h"
#include "refs/names.h"
#include "versioning/branch/branches.h"

namespace tarn::s3gw {

Status CheckWriteTarget(const Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  TARN_TRY(refs::CheckBranchId("branch", call.branch()));
  return ToStatus(call.refs().GetBranch(call.repository(), call.branch()));
}

WriteCondition ReadWriteCondition(const http::RequestHead& head) {
  const std::string_view none_match = head.Get("If-None-Match");
  const bool if_absent = none_match == "*";
  return {
      .condition = if_absent ? versioning::SetCondition::kAbsent : versioning::SetCondition::kNone,
      .supported = head.Get("If-Match").empty() && (none_match.empty() || if_absent)};
}

Expected<std::optional<Md5Digest>> ReadContentMd5(const http::RequestHead& head) {
  const auto header = head.Find("Content-MD5");
  if (!header) return std::optional<Md5Digest>();
  const auto bytes = DecodeBase64(*header);
  Md5Digest digest;
  if (!bytes || bytes->size() != digest.size()) return Error::kInvalidDigest;
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return std::optional(digest);
}

}  // namespace tarn::s3gw
