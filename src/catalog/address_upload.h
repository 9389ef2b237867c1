// A write to an address that was given out before, by who has a presigned URL of it. An address is
// written once: what it holds may be linked and committed by now. Who lost the answer may send the
// same bytes again. Level 7; one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "codec/digest.h"
#include "codec/entry.h"
#include "versioning/context.h"

namespace tarn::catalog {

/// Where the bytes go.
struct GivenAddress {
  std::string storage_namespace, address;
  AddressType type = AddressType::kRelative;
};

/// Bytes on their way to an address. Destroyed before Finish, it leaves nothing.
class AddressUpload {
 public:
  /// Errors of the store's Create.
  static Result<std::unique_ptr<AddressUpload>> Begin(versioning::Context& context,
                                                      GivenAddress place,
                                                      std::optional<int64_t> size_hint);
  Status Write(std::span<const char> bytes);
  /// The MD5 of all bytes. None may be written after it.
  const Md5Digest& Digest();
  /// Makes the object durable. kPreconditionFailed if the address holds other bytes already.
  Status Finish();

 private:
  AddressUpload(versioning::Context& context, GivenAddress place)
      : context_(context), place_(std::move(place)) {}
  block::ObjectPointer object() const {
    return {place_.storage_namespace, place_.address, place_.type};
  }
  Result<Md5Digest> DigestOfStored() const;

  versioning::Context& context_;
  const GivenAddress place_;
  std::unique_ptr<block::ObjectWriter> writer_;
  Md5Hasher md5_;
  std::optional<Md5Digest> digest_;  // once the bytes are complete
};

}  // namespace tarn::catalog
