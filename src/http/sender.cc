#include "http/sender.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/log.h"
#include "base/release.h"
#include "http/answer_head.h"

namespace tarn::http {
namespace {

constexpr size_t kCopiedBodyBytesMax = 16384;
constexpr size_t kKeptPrefixBytesMax = 8192;  ///< A larger buffer is freed after its answer.
constexpr size_t kPieceBytes = 256 << 10;
constexpr size_t kSendfileStepBytes = 1 << 20;
/// After that much in one step others get their turn.
constexpr int64_t kStepBytesMax = 8 << 20;
/// "0003fff0\r\n": chunk sizes are written with leading zeros, so their place is fixed.
constexpr size_t kChunkHeadBytes = 10;
constexpr size_t kChunkTailBytes = 2;
constexpr std::string_view kLastChunk = "0\r\n\r\n";

/// Reads from a file only what the kernel has in memory; -1 with EAGAIN otherwise. Where the file
/// system cannot tell, everything counts as not in memory.
ssize_t ReadCached(int file, char* to, size_t size, int64_t offset) {
  const iovec part{to, size};
  return ::preadv2(file, &part, 1, offset, RWF_NOWAIT);
}

/// Looks at both ends of a part: reads ahead are sequential, so its middle is there too.
bool IsCached(int file, int64_t offset, int64_t length) {
  char byte;
  return ReadCached(file, &byte, 1, offset) == 1 &&
         ReadCached(file, &byte, 1, offset + length - 1) == 1;
}

/// Exceptions of a source are failures like any other.
Result<size_t> Pull(BodySource& source, std::span<char> out) {
  try {
    return source.Read(out);
  } catch (const std::exception& error) {
    return Status(Code::kInternal, error.what());
  }
}

Progress ToProgress(const IoResult& result) {
  switch (result.kind) {
    case IoResult::Kind::kWantRead:
      return Progress::kWantRead;
    case IoResult::Kind::kWantWrite:
      return Progress::kWantWrite;
    default:
      return Progress::kFailed;
  }
}

}  // namespace

int64_t Sender::MemoryOf(const Response& response, bool is_tls) {
  if (const auto* text = std::get_if<std::string>(&response.body)) {
    return text->size() > kCopiedBodyBytesMax ? static_cast<int64_t>(text->size()) : 0;
  }
  const auto* stream = std::get_if<StreamBody>(&response.body);
  const bool in_pieces = stream != nullptr ? stream->source != nullptr : is_tls;
  return in_pieces ? static_cast<int64_t>(kPieceBytes) : 0;
}

void Sender::Drop() {
  ReleaseMemory(&text_);
  file_ = FileBody();
  stream_ = StreamBody();
  piece_.reset();
  if (prefix_.capacity() > kKeptPrefixBytesMax) ReleaseMemory(&prefix_);
}

void Sender::Begin(Response response, const AnswerForm& form) {
  status_ = response.status;
  prefix_.clear();
  prefix_sent_ = text_sent_ = 0;
  text_.clear();
  stream_ended_ = true;
  stream_chunked_ = false;
  piece_begin_ = piece_end_ = 0;
  later_bytes_sent_ = 0;
  closes_ = form.close || response.close;

  const bool bodiless = IsBodiless(status_);
  const bool suppressed = form.is_head || bodiless;
  AnswerFraming framing;
  if (auto* text = std::get_if<std::string>(&response.body)) {
    framing.length = static_cast<int64_t>(text->size());
    if (!suppressed) text_ = std::move(*text);
  } else if (auto* file = std::get_if<FileBody>(&response.body)) {
    framing.length = file->length;
    BeginFile(std::move(*file), suppressed);
  } else {
    auto& stream = std::get<StreamBody>(response.body);
    framing.length = stream.length;
    framing.chunked = !stream.length && !form.http_1_0 && !bodiless;
    if (!stream.length && form.http_1_0) closes_ = true;
    BeginStream(std::move(stream), form, suppressed);
  }
  if (form.is_head && response.announced_length) {
    framing.length = response.announced_length;
    framing.chunked = false;
  }
  if (bodiless) framing.length.reset();
  framing.close = closes_;
  framing.has_date = response.has_date;
  framing.announce_keep_alive = form.http_1_0 && !closes_;
  AppendAnswerHead(&prefix_, status_, response.headers, framing);
  head_bytes_ = prefix_.size();
  if (text_.size() <= kCopiedBodyBytesMax) {
    prefix_.append(text_);
    text_.clear();
  }
  // A small file that is in memory travels with the head, too.
  if (file_.length > 0 && file_.length <= static_cast<int64_t>(kCopiedBodyBytesMax)) {
    const auto length = static_cast<size_t>(file_.length);
    prefix_.resize(head_bytes_ + length);
    const ssize_t got =
        ReadCached(file_.file_descriptor, prefix_.data() + head_bytes_, length, file_.offset);
    if (got == static_cast<ssize_t>(length)) {
      file_ = FileBody();
    } else {
      prefix_.resize(head_bytes_);
    }
  }
}

void Sender::BeginFile(FileBody file, bool suppressed) {
  file_ = suppressed ? FileBody() : std::move(file);
}

void Sender::BeginStream(StreamBody stream, const AnswerForm& form, bool suppressed) {
  if (suppressed) return;
  stream_chunked_ = !stream.length && !form.http_1_0;
  stream_ = std::move(stream);
  stream_ended_ = stream_.length == 0;
}

int64_t Sender::body_bytes_sent() const {
  const size_t behind_head = prefix_sent_ > head_bytes_ ? prefix_sent_ - head_bytes_ : 0;
  return static_cast<int64_t>(behind_head + text_sent_) + later_bytes_sent_;
}

Progress Sender::Step(Where where) {
  if (!IsPrefixSent()) {
    const Progress progress = SendPrefix();
    if (progress != Progress::kDone) return progress;
  }
  if (file_.length > 0) {
    return socket_.is_tls() ? SendFileThroughMemory(where) : SendFilePart(where);
  }
  if (!stream_ended_ || piece_begin_ < piece_end_) return SendStreamPart(where);
  return Progress::kDone;
}

Progress Sender::SendPrefix() {
  const bool more = file_.length > 0;  // The kernel joins the head with what sendfile brings.
  while (!IsPrefixSent()) {
    const std::string_view rest = std::string_view(prefix_).substr(prefix_sent_);
    const IoResult result = socket_.Write(rest, std::string_view(text_).substr(text_sent_), more);
    if (!result.ok()) return ToProgress(result);
    bytes_moved_ += static_cast<int64_t>(result.bytes);
    const size_t of_prefix = std::min(result.bytes, rest.size());
    prefix_sent_ += of_prefix;
    text_sent_ += result.bytes - of_prefix;
  }
  return Progress::kDone;
}

Progress Sender::SendFilePart(Where where) {
  int64_t sent = 0;
  while (file_.length > 0) {
    if (sent >= kStepBytesMax) {
      return where == Where::kPool ? Progress::kNeedPool : Progress::kWantWrite;
    }
    const int64_t step = std::min<int64_t>(file_.length, kSendfileStepBytes);
    if (where == Where::kIoThread && !IsCached(file_.file_descriptor, file_.offset, step)) {
      return Progress::kNeedPool;
    }
    const IoResult result =
        socket_.SendFile(file_.file_descriptor, file_.offset, static_cast<size_t>(step));
    if (!result.ok()) return ToProgress(result);
    const auto bytes = static_cast<int64_t>(result.bytes);
    file_.offset += bytes;
    file_.length -= bytes;
    later_bytes_sent_ += bytes;
    bytes_moved_ += bytes;
    sent += bytes;
  }
  return Progress::kDone;
}

Progress Sender::SendFileThroughMemory(Where where) {
  if (!piece_) piece_ = std::make_unique_for_overwrite<char[]>(kPieceBytes);
  for (int64_t sent = 0; file_.length > 0;) {
    if (piece_begin_ == piece_end_) {
      if (sent >= kStepBytesMax) {
        return where == Where::kPool ? Progress::kNeedPool : Progress::kWantWrite;
      }
      const auto size =
          static_cast<size_t>(std::min<int64_t>(file_.length, static_cast<int64_t>(kPieceBytes)));
      const ssize_t got = where == Where::kPool
                              ? ::pread(file_.file_descriptor, piece_.get(), size, file_.offset)
                              : ReadCached(file_.file_descriptor, piece_.get(), size, file_.offset);
      if (got < 0 && where == Where::kIoThread) return Progress::kNeedPool;
      if (got <= 0) return Progress::kFailed;
      file_.offset += got;
      piece_begin_ = 0;
      piece_end_ = static_cast<size_t>(got);
    }
    const IoResult result =
        socket_.Write({piece_.get() + piece_begin_, piece_end_ - piece_begin_}, {}, false);
    if (!result.ok()) return ToProgress(result);
    piece_begin_ += result.bytes;
    const auto bytes = static_cast<int64_t>(result.bytes);
    file_.length -= bytes;
    later_bytes_sent_ += bytes;
    bytes_moved_ += bytes;
    sent += bytes;
  }
  return Progress::kDone;
}

/// Pulls the next piece from the source, with its framing around it; false if the source failed.
bool Sender::FillPiece() {
  if (!piece_) {
    piece_ = std::make_unique_for_overwrite<char[]>(kChunkHeadBytes + kPieceBytes +
                                                    kChunkTailBytes + kLastChunk.size());
  }
  size_t room = kPieceBytes;
  if (stream_.length) {
    room = static_cast<size_t>(
        std::min<int64_t>(static_cast<int64_t>(room), *stream_.length - later_bytes_sent_));
  }
  auto got = Pull(*stream_.source, {piece_.get() + kChunkHeadBytes, room});
  if (!got.ok()) {
    TARN_LOG_WARN("the source of an answer's body failed: {}", got.status().ToString());
    return false;
  }
  char* const data = piece_.get() + kChunkHeadBytes;
  piece_begin_ = kChunkHeadBytes;
  piece_end_ = kChunkHeadBytes + *got;
  later_bytes_sent_ += static_cast<int64_t>(*got);
  if (stream_.length) {
    stream_ended_ = later_bytes_sent_ == *stream_.length;
    return *got > 0;
  }
  stream_ended_ = *got == 0;
  if (!stream_chunked_) return true;
  if (stream_ended_) {
    std::memcpy(data, kLastChunk.data(), kLastChunk.size());
    piece_end_ += kLastChunk.size();
    return true;
  }
  for (size_t i = 0, value = *got; i < kChunkHeadBytes - 2; ++i, value >>= 4) {
    piece_[kChunkHeadBytes - 3 - i] = "0123456789abcdef"[value & 15];
  }
  std::memcpy(data - 2, "\r\n", 2);
  std::memcpy(data + *got, "\r\n", kChunkTailBytes);
  piece_begin_ = 0;
  piece_end_ += kChunkTailBytes;
  return true;
}

Progress Sender::SendStreamPart(Where where) {
  for (int64_t before = later_bytes_sent_;;) {
    while (piece_begin_ < piece_end_) {
      const IoResult result =
          socket_.Write({piece_.get() + piece_begin_, piece_end_ - piece_begin_}, {}, false);
      if (!result.ok()) return ToProgress(result);
      piece_begin_ += result.bytes;
      bytes_moved_ += static_cast<int64_t>(result.bytes);
    }
    if (stream_ended_) return Progress::kDone;
    if (where == Where::kIoThread || later_bytes_sent_ - before >= kStepBytesMax) {
      return Progress::kNeedPool;
    }
    if (!FillPiece()) {
      // A body that only the end of the connection delimits must not look complete.
      if (!stream_.length && !stream_chunked_) socket_.ResetOnClose();
      return Progress::kFailed;
    }
  }
}

}  // namespace tarn::http
