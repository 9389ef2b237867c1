// Uploads in parts over any object store: parts are objects beside the one they will become.
//
//   <address>.<upload id>-upload    empty; the upload runs while it exists
//   <address>.<upload id>-00001     a part
//
// All addresses are relative to the repository's namespace. Level 7; thread-safe, blocks.
#pragma once

#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "versioning/context.h"

namespace tarn::catalog {

inline constexpr int kPartNumberMax = 10'000;

/// A part as the client names it.
struct PartTag {
  int64_t number = 0;
  std::string entity_tag;  ///< With or without quotes.
};

struct AssembledObject {
  std::string checksum;  ///< As S3 computes it: "<MD5 of the parts' MD5s>-<number of parts>".
  block::ObjectProperties properties;
};

/// One upload. `context` and `repository` are borrowed.
class MultipartUpload {
 public:
  /// Starts a new upload to `address`.
  static Result<MultipartUpload> Start(versioning::Context& context,
                                       const refs::Repository& repository, std::string address);
  /// A running upload; kNotFound "upload not found".
  static Result<MultipartUpload> Find(versioning::Context& context,
                                      const refs::Repository& repository, std::string address,
                                      std::string_view id);

  const std::string& id() const { return id_; }
  /// Exists as long as the upload runs.
  std::string MarkerAddress() const;
  std::string PartAddress(int64_t number) const;

  /// Stores bytes of another object as a part; answers their MD5 in hex.
  Result<std::string> CopyPart(int64_t number, block::ObjectReader& from, int64_t offset,
                               int64_t length);
  /// Writes the object from the parts, durably. kInvalidRequest if a part is missing, out of order,
  /// or not the one that the entity tag says. The parts stay. REQUIRES the lock.
  Result<AssembledObject> Assemble(std::span<const PartTag> parts);
  /// Ends the upload and removes its parts. Absent ones are fine.
  Status Remove();
  /// Held from Find to Remove, keeps two completions of one upload from mixing.
  static std::unique_lock<std::mutex> Lock(std::string_view id);

 private:
  MultipartUpload(versioning::Context& context, const refs::Repository& repository,
                  std::string address, std::string id);
  block::ObjectPointer At(std::string_view address) const;

  versioning::Context* context_;
  const refs::Repository* repository_;
  std::string address_, id_;
};

/// kInvalidRequest unless parts are numbered 1 to kPartNumberMax.
Status CheckPartNumber(int64_t number);

}  // namespace tarn::catalog
