#include "catalog/multipart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "codec/digest.h"
#include "codec/hex.h"

namespace tarn::catalog {
namespace {

constexpr size_t kCopyBytes = 256 << 10;
constexpr size_t kIdLength = 32;

std::string NewId(Random& random) {
  std::string id = NewUuid(random);
  id.erase(std::remove(id.begin(), id.end(), '-'), id.end());
  return id;
}

// The id becomes part of a file name, so nothing else may pass.
bool IsId(std::string_view id) {
  return id.size() == kIdLength && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

std::string_view WithoutQuotes(std::string_view tag) {
  if (tag.starts_with('"')) tag.remove_prefix(1);
  if (tag.ends_with('"')) tag.remove_suffix(1);
  return tag;
}

Status CheckOrder(std::span<const PartTag> parts) {
  int64_t last = 0;
  for (const PartTag& part : parts) {
    TARN_TRY(CheckPartNumber(part.number));
    if (part.number <= last)
      return {Code::kInvalidRequest, "parts must be in ascending order of their numbers"};
    last = part.number;
  }
  return {};
}

/// Copies a range of an object; the MD5 of what was copied.
Result<Md5Digest> CopyBytes(block::ObjectReader& from, int64_t offset, int64_t length,
                            block::ObjectWriter& to) {
  Md5Hasher md5;
  std::vector<char> buffer(kCopyBytes);
  while (length > 0) {
    const size_t wanted = std::min(buffer.size(), static_cast<size_t>(length));
    TARN_TRY_ASSIGN(const size_t got, from.ReadAt(offset, std::span(buffer).first(wanted)));
    if (got == 0) return Status(Code::kIo, "object is shorter than its store says");
    md5.Update({buffer.data(), got});
    TARN_TRY(to.Write({buffer.data(), got}));
    offset += static_cast<int64_t>(got);
    length -= static_cast<int64_t>(got);
  }
  return md5.Finish();
}

}  // namespace

Status CheckPartNumber(int64_t number) {
  if (number >= 1 && number <= kPartNumberMax) return {};
  return {Code::kInvalidRequest, fmt::format("part numbers are between 1 and {}", kPartNumberMax)};
}

MultipartUpload::MultipartUpload(versioning::Context& context, const refs::Repository& repository,
                                 std::string address, std::string id)
    : context_(&context),
      repository_(&repository),
      address_(std::move(address)),
      id_(std::move(id)) {}

Result<MultipartUpload> MultipartUpload::Start(versioning::Context& context,
                                               const refs::Repository& repository,
                                               std::string address) {
  MultipartUpload upload(context, repository, std::move(address), NewId(context.random));
  TARN_TRY(block::PutObject(context.objects, upload.At(upload.MarkerAddress()), ""));
  return upload;
}

Result<MultipartUpload> MultipartUpload::Find(versioning::Context& context,
                                              const refs::Repository& repository,
                                              std::string address, std::string_view id) {
  const Status not_found(Code::kNotFound, "upload not found");
  if (!IsId(id)) return not_found;
  MultipartUpload upload(context, repository, std::move(address), std::string(id));
  TARN_TRY_ASSIGN(const bool exists, context.objects.Exists(upload.At(upload.MarkerAddress())));
  if (!exists) return not_found;
  return upload;
}

block::ObjectPointer MultipartUpload::At(std::string_view address) const {
  return {repository_->storage_namespace.view(), address};
}

std::string MultipartUpload::MarkerAddress() const { return address_ + "." + id_ + "-upload"; }

std::string MultipartUpload::PartAddress(int64_t number) const {
  return fmt::format("{}.{}-{:05}", address_, id_, number);
}

std::unique_lock<std::mutex> MultipartUpload::Lock(std::string_view id) {
  static std::array<std::mutex, 16> mutexes;
  return std::unique_lock(mutexes[std::hash<std::string_view>()(id) % mutexes.size()]);
}

Result<std::string> MultipartUpload::CopyPart(int64_t number, block::ObjectReader& from,
                                              int64_t offset, int64_t length) {
  TARN_TRY(CheckPartNumber(number));
  const std::string address = PartAddress(number);
  TARN_TRY_ASSIGN(const auto writer, context_->objects.Create(At(address), {.size_hint = length}));
  TARN_TRY_ASSIGN(const Md5Digest md5, CopyBytes(from, offset, length, *writer));
  TARN_TRY(writer->Commit());
  return ToHex(AsView(md5));
}

Result<AssembledObject> MultipartUpload::Assemble(std::span<const PartTag> parts) {
  TARN_TRY(CheckOrder(parts));
  TARN_TRY_ASSIGN(const auto writer, context_->objects.Create(At(address_), {}));
  Md5Hasher md5_of_parts;
  for (const PartTag& part : parts) {
    const std::string address = PartAddress(part.number);
    const auto reader = context_->objects.Open(At(address));
    if (reader.code() == Code::kDataNotFound)
      return Status(Code::kInvalidRequest, fmt::format("part {} was not uploaded", part.number));
    TARN_TRY(reader.status());
    TARN_TRY_ASSIGN(const Md5Digest md5,
                    CopyBytes(**reader, 0, (*reader)->properties().size, *writer));
    if (ToHex(AsView(md5)) != WithoutQuotes(part.entity_tag))
      return Status(Code::kInvalidRequest,
                    fmt::format("part {} does not have that entity tag", part.number));
    md5_of_parts.Update(AsView(md5));
  }
  AssembledObject object;
  TARN_TRY_ASSIGN(object.properties, writer->Commit());
  object.checksum = fmt::format("{}-{}", ToHex(AsView(md5_of_parts.Finish())), parts.size());
  return object;
}

// Stores list nothing here, so every possible part is asked for. The marker goes first: no new
// parts come after it.
Status MultipartUpload::Remove() {
  TARN_TRY(context_->objects.Remove(At(MarkerAddress())));
  for (int number = 1; number <= kPartNumberMax; ++number) {
    const std::string address = PartAddress(number);
    TARN_TRY_ASSIGN(const bool exists, context_->objects.Exists(At(address)));
    if (exists) TARN_TRY(context_->objects.Remove(At(address)));
  }
  return {};
}

}  // namespace tarn::catalog
