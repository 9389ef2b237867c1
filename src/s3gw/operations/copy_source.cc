#include "s3gw/operations/copy_source.h"

#include <cstdint>

#include "codec/url.h"
#include "http/http_date.h"
#include "refs/names.h"
#include "s3gw/operations/version_id.h"
#include "serving/entity_tag.h"
#include "serving/read_conditions.h"

namespace tarn::s3gw {

namespace {

constexpr std::string_view kPrefix = "x-amz-copy-source-";

}  // namespace

Expected<CopySource> ReadCopySource(std::string_view header) {
  constexpr std::string_view kVersion = "?versionId=";
  if (const size_t mark = header.rfind(kVersion); mark != std::string_view::npos) {
    if (auto failure = CheckVersionId(header.substr(mark + kVersion.size())))
      return *std::move(failure);
    header = header.substr(0, mark);
  }
  const auto unescaped = QueryUnescape(header);
  std::string_view text = unescaped.ok() ? std::string_view(*unescaped) : header;
  while (text.starts_with('/')) text.remove_prefix(1);
  const size_t ref = text.find('/');
  if (ref == std::string_view::npos) return Error::kInvalidCopySource;
  const size_t path = text.find('/', ref + 1);
  if (path == std::string_view::npos) return Error::kInvalidCopySource;
  if (text.size() - path - 1 > refs::kPathBytesMax) return Error::kKeyTooLong;
  return CopySource{.repository = std::string(text.substr(0, ref)),
                    .ref = std::string(text.substr(ref + 1, path - ref - 1)),
                    .path = std::string(text.substr(path + 1))};
}

std::optional<Failure> CheckCopyConditions(const http::RequestHead& head, const Entry& source) {
  http::RequestHead conditions;
  for (const auto& [name, value] : head.headers) {
    if (!http::EqualsIgnoreCase(name.substr(0, kPrefix.size()), kPrefix)) continue;
    const std::string_view bare = name.substr(kPrefix.size());
    const bool is_date = http::EqualsIgnoreCase(bare, "if-modified-since") ||
                         http::EqualsIgnoreCase(bare, "if-unmodified-since");
    // A read passes over what is no date, but a copy must not go on without its condition.
    if (is_date && !http::ParseHttpDate(value)) {
      return Failure(Error::kInvalidArgument,
                     std::string("The value of ").append(name).append(" must be an HTTP date"));
    }
    conditions.headers.emplace_back(bare, value);
  }
  const std::string tag = serving::EntityTag(source.checksum);
  const serving::ReadVerdict verdict = serving::CheckReadConditions(
      conditions, {tag, source.last_modified.seconds}, serving::TagQuotes::kOptional);
  if (verdict == serving::ReadVerdict::kSend) return std::nullopt;
  return Failure(Error::kPreconditionFailed);
}

Expected<serving::ByteRange> ReadCopyRange(const http::RequestHead& head, int64_t size) {
  const auto text = head.Find("x-amz-copy-source-range");
  if (!text) return serving::ByteRange{0, size};
  const serving::ReadRange all = serving::ReadRangeHeader(*text, INT64_MAX);
  if (all.kind != serving::RangeKind::kGood) {
    return Failure(Error::kInvalidArgument,
                   "The x-amz-copy-source-range value must be of the form bytes=first-last where "
                   "first and last are the zero-based offsets of the first and last bytes to copy");
  }
  const serving::ReadRange wanted = serving::ReadRangeHeader(*text, size);
  const bool to_the_end = text->find_last_not_of(" -") + 1 == text->find('-');
  if (wanted.kind != serving::RangeKind::kGood ||
      (!to_the_end && wanted.range.length != all.range.length)) {
    return Failure(
        Error::kInvalidArgument,
        "Range specified is not valid for source object of size: " + std::to_string(size));
  }
  return wanted.range;
}

}  // namespace tarn::s3gw
