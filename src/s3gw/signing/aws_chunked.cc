#include "s3gw/signing/aws_chunked.h"

#include <algorithm>
#include <charconv>

namespace tarn::s3gw {
namespace {

constexpr size_t kSizeDigitsMax = 16;
constexpr std::string_view kSignatureStart = "chunk-signature=";

std::string_view TrimEnd(std::string_view text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

AwsChunkedDecoder::Event AwsChunkedDecoder::Next(std::string_view* input) {
  if (line_is_used_) {
    line_.clear();
    line_is_used_ = false;
  }
  while (true) {
    if (state_ == State::kBad) return Event::kBad;
    if (state_ == State::kData) {
      if (left_bytes_ == 0 || !input->empty()) return TakeData(input);
      return Event::kMore;
    }
    if (input->empty()) return Event::kMore;
    switch (state_) {
      case State::kDataReturn:
        if (TakeCharacter(input, '\r', State::kDataFeed)) continue;
        return Fail("a chunk is longer than its size");
      case State::kDataFeed:
        if (TakeCharacter(input, '\n', State::kChunkLine)) continue;
        return Fail("a chunk is longer than its size");
      case State::kLastReturn:
        if (TakeCharacter(input, '\r', State::kLastFeed)) continue;
        return Fail("something follows the last chunk");
      case State::kLastFeed:
        if (TakeCharacter(input, '\n', State::kDone)) continue;
        return Fail("something follows the last chunk");
      case State::kDone:
        return Fail("something follows the last chunk");
      default:
        break;
    }
    std::string_view line;
    switch (TakeLine(input, &line)) {
      case Line::kMore:
        return Event::kMore;
      case Line::kTooLong:
        return Fail("a line is too long");
      case Line::kFound:
        break;
    }
    if (state_ == State::kChunkLine) return ReadChunkLine(TrimEnd(line));
    trailer_bytes_ += line.size() + 1;
    if (trailer_bytes_ > kTrailerBytesMax) return Fail("there are too many trailers");
    line = TrimEnd(line);
    if (!line.empty()) return ReadTrailer(line);
    line_.clear();
    line_is_used_ = false;
  }
}

bool AwsChunkedDecoder::complete() const {
  return state_ == State::kLastReturn || state_ == State::kDone ||
         (state_ == State::kTrailers && (line_.empty() || line_is_used_));
}

AwsChunkedDecoder::Line AwsChunkedDecoder::TakeLine(std::string_view* input,
                                                    std::string_view* line) {
  const size_t end = input->find('\n');
  const size_t size = std::min(end, input->size());
  if (line_.size() + size > kLineBytesMax) return Line::kTooLong;
  *line = input->substr(0, size);
  if (end == std::string_view::npos || !line_.empty()) line_.append(*line);
  input->remove_prefix(end == std::string_view::npos ? size : size + 1);
  if (end == std::string_view::npos) return Line::kMore;
  if (!line_.empty()) {
    *line = line_;
    line_is_used_ = true;
  }
  return Line::kFound;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::ReadChunkLine(std::string_view line) {
  const size_t semicolon = line.find(';');
  const std::string_view size = line.substr(0, semicolon);
  if (size.empty() || size.size() > kSizeDigitsMax) return Fail("a chunk size is no number");
  const char* end = size.data() + size.size();
  const auto [stop, error] = std::from_chars(size.data(), end, chunk_bytes_, 16);
  if (error != std::errc() || stop != end || chunk_bytes_ < 0 || size.front() == '-') {
    return Fail("a chunk size is no number");
  }
  chunk_signature_.clear();
  if (semicolon != std::string_view::npos) {
    const std::string_view extension = line.substr(semicolon + 1);
    if (!extension.starts_with(kSignatureStart)) return Fail("a chunk has an unknown extension");
    chunk_signature_ = extension.substr(kSignatureStart.size());
  }
  left_bytes_ = chunk_bytes_;
  state_ = State::kData;
  return Event::kChunk;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::TakeData(std::string_view* input) {
  if (left_bytes_ > 0) {
    data_ = input->substr(0, static_cast<size_t>(std::min<uint64_t>(
                                 static_cast<uint64_t>(left_bytes_), input->size())));
    left_bytes_ -= static_cast<int64_t>(data_.size());
    input->remove_prefix(data_.size());
    return Event::kData;
  }
  if (chunk_bytes_ > 0) {
    state_ = State::kDataReturn;
  } else {
    state_ = end_ == End::kPlain ? State::kLastReturn : State::kTrailers;
  }
  return Event::kChunkEnd;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::ReadTrailer(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) return Fail("a trailer has no value");
  trailer_name_ = line.substr(0, colon);
  trailer_value_ = line.substr(colon + 1);
  return Event::kTrailer;
}

bool AwsChunkedDecoder::TakeCharacter(std::string_view* input, char c, State next) {
  if (input->front() != c) return false;
  input->remove_prefix(1);
  state_ = next;
  return true;
}

AwsChunkedDecoder::Event AwsChunkedDecoder::Fail(std::string_view problem) {
  state_ = State::kBad;
  problem_ = problem;
  return Event::kBad;
}

}  // namespace tarn::s3gw
