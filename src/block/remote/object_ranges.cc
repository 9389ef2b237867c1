#include "block/remote/object_ranges.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/blocking.h"

namespace tarn::block::remote {
namespace {

constexpr int kPartialStatus = 206;
/// So far ahead is read and dropped rather than asked for anew.
constexpr int64_t kSkipBytesMax = 128 << 10;

Status Malformed(const RangeSource& source, std::string_view header) {
  return {Code::kIo, source.name() + ": " + std::string(header) + " is missing or wrong"};
}

Status Replaced() { return {Code::kIo, "object was replaced while it was read"}; }

/// The value of a Range header; empty for a whole object.
std::string HeaderOf(const ByteRange& range) {
  if (range.offset < 0) return "bytes=" + std::to_string(range.offset);
  if (!range.length) return range.offset == 0 ? "" : "bytes=" + std::to_string(range.offset) + "-";
  return "bytes=" + std::to_string(range.offset) + "-" +
         std::to_string(range.offset + *range.length - 1);
}

struct ContentRange {
  int64_t first = 0, last = 0, size = 0;
};
/// "bytes 1-2/5".
std::optional<ContentRange> ReadContentRange(std::string_view text) {
  constexpr std::string_view kUnit = "bytes ";
  const size_t dash = text.find('-'), slash = text.find('/');
  if (!text.starts_with(kUnit) || dash == std::string_view::npos ||
      slash == std::string_view::npos || slash < dash) {
    return std::nullopt;
  }
  const auto first = http::ReadSize(text.substr(kUnit.size(), dash - kUnit.size()));
  const auto last = http::ReadSize(text.substr(dash + 1, slash - dash - 1));
  const auto size = http::ReadSize(text.substr(slash + 1));
  if (!first || !last || !size || *first > *last || *last >= *size) return std::nullopt;
  return ContentRange{*first, *last, *size};
}

/// What the bytes of an answer are, compared with what was asked for.
Result<ResolvedRange> RangeOf(const http::Answer& answer, const RangeSource& source,
                              const ByteRange& asked, int64_t* size) {
  if (HeaderOf(asked).empty()) {
    const auto length = http::ReadSize(answer.Get("Content-Length"));
    if (!length) return Malformed(source, "Content-Length");
    *size = *length;
    return ResolvedRange{0, *length};
  }
  const auto range = ReadContentRange(answer.Get("Content-Range"));
  if (answer.status() != kPartialStatus || !range) return Malformed(source, "Content-Range");
  *size = range->size;
  const ResolvedRange wanted = ResolveRange(asked, range->size);
  // A range from the end that is cut short on this side is answered up to the end.
  if (range->first != wanted.offset || range->last + 1 < wanted.offset + wanted.length) {
    return Malformed(source, "Content-Range");
  }
  return wanted;
}

}  // namespace

Result<std::unique_ptr<RangeStream>> RangeStream::Open(RangeSource& source, const ByteRange& range,
                                                       const std::string& entity_tag) {
  const bool is_empty = range.length && *range.length == 0;
  auto answer = is_empty ? Result<std::unique_ptr<http::Answer>>(Status(Code::kRangeUnsatisfiable))
                         : source.Get(HeaderOf(range), entity_tag);
  if (answer.code() == Code::kPreconditionFailed) return Replaced();
  if (answer.code() == Code::kRangeUnsatisfiable) {
    TARN_TRY_ASSIGN(auto head, source.Stat());
    if (!head) return Status(Code::kDataNotFound, "not found");
    return std::unique_ptr<RangeStream>(new RangeStream(*std::move(head), {}, nullptr));
  }
  TARN_TRY(answer.status());
  int64_t size = 0;
  TARN_TRY_ASSIGN(const ResolvedRange rest, RangeOf(**answer, source, range, &size));
  TARN_TRY_ASSIGN(ObjectProperties head, source.ReadHead(**answer, size));
  return std::unique_ptr<RangeStream>(new RangeStream(std::move(head), rest, *std::move(answer)));
}

Result<size_t> RangeStream::Read(std::span<char> out) {
  TARN_TRY(RequireBlocking());
  const size_t wanted = std::min(out.size(), static_cast<size_t>(rest_.length));
  if (wanted == 0) return size_t{0};
  TARN_TRY_ASSIGN(const size_t got, answer_->Read(out.first(wanted)));
  if (got == 0) {
    return Status(Code::kSlowDown, "the object store's answer ended early");
  }
  rest_.offset += static_cast<int64_t>(got);
  rest_.length -= static_cast<int64_t>(got);
  if (rest_.length == 0) {
    // An answer that was read to its end leaves its connection to the next call.
    char beyond;
    IgnoreError(ToStatus(answer_->Read({&beyond, 1})), "nothing is expected");
    answer_.reset();
  }
  return got;
}

/// Whether the stream stands at that offset, after skipping a little if need be.
Result<bool> RangeReader::CanGoOnTo(int64_t offset) {
  if (!stream_) return false;
  const int64_t ahead = offset - stream_->offset();
  if (ahead < 0 || ahead > kSkipBytesMax || ahead >= stream_->remaining()) return false;
  std::array<char, 4096> dropped;
  while (stream_->offset() < offset) {
    const auto rest = static_cast<size_t>(offset - stream_->offset());
    TARN_TRY(ToStatus(stream_->Read(std::span(dropped).first(std::min(rest, dropped.size())))));
  }
  return true;
}

Result<size_t> RangeReader::ReadAt(int64_t offset, std::span<char> out) {
  if (offset < 0) return Status(Code::kInvalidValue, "bad index");
  TARN_TRY(RequireBlocking());
  const int64_t rest = std::max<int64_t>(0, properties_.size - offset);
  out = out.first(std::min(out.size(), static_cast<size_t>(rest)));
  size_t total = 0;
  while (total < out.size()) {
    const int64_t at = offset + static_cast<int64_t>(total);
    auto goes_on = CanGoOnTo(at);
    if (goes_on.ok() && !*goes_on) {
      auto opened = RangeStream::Open(*source_, {at, static_cast<int64_t>(out.size() - total)},
                                      properties_.entity_tag);
      TARN_TRY(opened.status());
      // There are stores that pay no heed to the condition.
      if ((*opened)->properties() != properties_) return Replaced();
      stream_ = *std::move(opened);
    }
    auto got = goes_on.ok() ? stream_->Read(out.subspan(total))
                            : Result<size_t>(std::move(goes_on).status());
    if (!got.ok()) {
      stream_.reset();
      return got;
    }
    if (*got == 0) return Status(Code::kIo, "object is shorter than its store says");
    total += *got;
  }
  return total;
}

Result<std::unique_ptr<ObjectReader>> OpenReader(std::unique_ptr<RangeSource> source,
                                                 const ByteRange& first) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(auto stream, RangeStream::Open(*source, first, ""));
  return std::unique_ptr<ObjectReader>(
      std::make_unique<RangeReader>(std::move(source), std::move(stream)));
}

Result<std::unique_ptr<ObjectStream>> OpenStream(RangeSource& source, const ByteRange& range) {
  TARN_TRY(RequireBlocking());
  TARN_TRY_ASSIGN(auto stream, RangeStream::Open(source, range, ""));
  return std::unique_ptr<ObjectStream>(std::move(stream));
}

Result<bool> HasBytes(RangeSource& source, std::string_view bytes) {
  auto stream = RangeStream::Open(source, {}, "");
  if (stream.code() == Code::kDataNotFound) return false;
  TARN_TRY(stream.status());
  if ((*stream)->properties().size != static_cast<int64_t>(bytes.size())) return false;
  std::vector<char> piece(64 << 10);
  while (!bytes.empty()) {
    TARN_TRY_ASSIGN(const size_t got, (*stream)->Read(piece));
    if (std::string_view(piece.data(), got) != bytes.substr(0, got)) return false;
    bytes.remove_prefix(got);
  }
  return true;
}

}  // namespace tarn::block::remote
