#include "catalog/address_upload.h"

#include <utility>
#include <vector>

namespace tarn::catalog {
namespace {

constexpr size_t kCompareBytes = 256 << 10;

}  // namespace

Result<std::unique_ptr<AddressUpload>> AddressUpload::Begin(versioning::Context& context,
                                                            GivenAddress place,
                                                            std::optional<int64_t> size_hint) {
  std::unique_ptr<AddressUpload> upload(new AddressUpload(context, std::move(place)));
  TARN_TRY_ASSIGN(upload->writer_, context.objects.Create(upload->object(), {.size_hint = size_hint,
                                                                             .create_only = true}));
  return upload;
}

Status AddressUpload::Write(std::span<const char> bytes) {
  md5_.Update({bytes.data(), bytes.size()});
  return writer_->Write(bytes);
}

const Md5Digest& AddressUpload::Digest() {
  if (!digest_) digest_ = md5_.Finish();
  return *digest_;
}

Status AddressUpload::Finish() {
  const auto stored = writer_->Commit();
  if (stored.code() != Code::kAlreadyExists) return stored.status();
  TARN_TRY_ASSIGN(const Md5Digest older, DigestOfStored());
  if (older == Digest()) return {};
  return {Code::kPreconditionFailed,
          "other bytes were written to this address already: ask for a new one"};
}

Result<Md5Digest> AddressUpload::DigestOfStored() const {
  TARN_TRY_ASSIGN(const auto stream, context_.objects.OpenStream(object(), {}));
  Md5Hasher md5;
  std::vector<char> buffer(kCompareBytes);
  for (;;) {
    TARN_TRY_ASSIGN(const size_t got, stream->Read(buffer));
    if (got == 0) return md5.Finish();
    md5.Update({buffer.data(), got});
  }
}

}  // namespace tarn::catalog
