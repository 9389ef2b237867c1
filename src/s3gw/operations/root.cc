// The root of a ref as the directory that it is for clients who think in directories. They make it
// with an empty object ("branch/") and ask whether it is there; nothing is stored for that, and
// listings do not show it.
#include <memory>

#include "codec/digest.h"
#include "codec/hex.h"
#include "s3gw/call.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/write_checks.h"
#include "serving/entity_tag.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/staged_write.h"

namespace tarn::s3gw {
namespace {

/// What S3 clients call a directory.
constexpr std::string_view kDirectoryContentType = "application/x-directory";

Failure HoldsNoObject() {
  return {Error::kInvalidRequest, "The root of a branch is a directory and holds no bytes."};
}

std::string EmptyTag() { return serving::EntityTag(ToHex(AsView(Md5("")))); }

/// Takes no bytes.
class MarkerTaker : public BodyTaker {
 public:
  Status Take(std::span<const char> bytes) override {
    has_bytes_ = has_bytes_ || !bytes.empty();
    return {};
  }
  Answer Finish(Call&) override {
    if (has_bytes_) return HoldsNoObject();
    http::Response response;
    response.Add("ETag", EmptyTag());
    return response;
  }

 private:
  bool has_bytes_ = false;
};

}  // namespace

Answer GetRoot(Call& call) {
  const auto ref = call.refs().Resolve(call.repository(), call.target().ref);
  if (IsMissing(ref.code())) return Error::kNoSuchKey;
  TARN_TRY(ref.status());
  http::Response response;
  response.Add("Accept-Ranges", "bytes").Add("ETag", EmptyTag());
  response.Add("Content-Type", kDirectoryContentType);
  response.Add("X-Content-Type-Options", "nosniff");
  return response;
}

Opening PutRoot(Call& call) {
  TARN_TRY(CheckWriteTarget(call));
  TARN_TRY(versioning::CheckStagedWrite(call.context(), call.repository(), call.branch(),
                                        /*force=*/false));
  if (call.body_bytes().value_or(0) > 0) return HoldsNoObject();
  return std::unique_ptr<BodyTaker>(std::make_unique<MarkerTaker>());
}

// There is nothing to copy, start or end here.
Answer RefuseRoot(Call&) { return HoldsNoObject(); }

// The directory is there as long as the branch is, as it is for every other client.
Answer DeleteRoot(Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  return EmptyAnswer(204);
}

}  // namespace tarn::s3gw
