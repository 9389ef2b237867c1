// What every write to an object checks before anything of it is read or stored, in the reference's
// order. Level 8; thread-safe.
#pragma once

#include <optional>

#include "codec/digest.h"
#include "http/message.h"
#include "s3gw/call.h"
#include "versioning/branch/staged_write.h"

namespace tarn::s3gw {

/// The repository takes writes, and the ref is a branch: kReadOnlyRepository; kInvalidValue for a
/// name that no branch has; kBranchNotFound, also for tags and commits.
Status CheckWriteTarget(const Call& call);

/// If-None-Match and If-Match of a write.
struct WriteCondition {
  versioning::SetCondition condition = versioning::SetCondition::kNone;
  /// False for what is not implemented. Said after the condition was found to hold.
  bool supported = true;
};
WriteCondition ReadWriteCondition(const http::RequestHead& head);

/// The Content-MD5 header, if there is one; kInvalidDigest for one that is no MD5.
Expected<std::optional<Md5Digest>> ReadContentMd5(const http::RequestHead& head);

}  // namespace tarn::s3gw
