// Storing objects in Google Cloud Storage: with one request, or in a resumable upload that takes
// the bytes piece by piece. Level 3; an upload belongs to one thread at a time.
//
// Every request is made again while that can help. Where an answer to a piece was lost the upload
// is asked how much it has, and gets the rest: the bytes are the caller's until it comes back.
//
// Source: "Resumable uploads" of the Cloud Storage documentation.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "base/result.h"
#include "block/gs/client.h"
#include "block/gs/objects.h"
#include "block/layers/retry_store.h"
#include "block/remote/part_writer.h"

namespace tarn::block::gs {

/// Of every object, whatever its entry says.
inline constexpr std::string_view kContentType = "application/octet-stream";
/// All pieces but the last are multiples of it.
inline constexpr int64_t kPieceUnitBytes = 256 << 10;

/// What stores objects; all outlive it.
struct UploadTools {
  Client& client;
  Retrier& retrier;
  const Encryption& encryption;
  Random& random;
};

/// objects.insert with all bytes. `create_only`: kAlreadyExists if there is an object with that
/// name which no attempt of this call has made.
Result<ObjectProperties> PutBytes(const UploadTools& tools, const Location& location,
                                  std::string_view bytes, bool create_only);

/// kAlreadyExists if there is an object with that name. For before it is made on condition that
/// there is none: there are emulators that pay no heed to some conditions.
Status CheckAbsent(const UploadTools& tools, const Location& location);

class ResumableUpload final : public remote::PartUpload {
 public:
  ResumableUpload(const UploadTools& tools, Location location)
      : tools_(tools), location_(std::move(location)) {}
  ~ResumableUpload() override;
  ResumableUpload(const ResumableUpload&) = delete;
  ResumableUpload& operator=(const ResumableUpload&) = delete;

  Result<ObjectProperties> Put(std::string_view bytes, bool create_only) override {
    return PutBytes(tools_, location_, bytes, create_only);
  }
  bool has_begun() const override { return !target_.empty(); }
  int part_count() const override { return part_count_; }
  Status Begin(bool create_only) override;
  Status AddPart(std::string_view bytes) override;
  Result<ObjectProperties> Complete(std::string_view rest, bool create_only) override;

 private:
  /// How far the upload is.
  struct Progress {
    int64_t stored = 0;  ///< Bytes.
    std::optional<StoredObject> object;
  };
  Result<Progress> Send(const std::string& content_range, std::string_view body);
  Result<Progress> SendRest(std::string_view bytes, std::optional<int64_t> size);
  Result<Progress> Push(std::string_view bytes, std::optional<int64_t> size);

  const UploadTools tools_;
  const Location location_;
  std::string target_;  ///< Path and query of the upload.
  int64_t begin_ = 0;   ///< Of the piece that is sent, in the object.
  int64_t stored_ = 0;  ///< As far as we know.
  bool is_sure_ = true;
  int part_count_ = 0;
  bool is_complete_ = false;
};

}  // namespace tarn::block::gs
