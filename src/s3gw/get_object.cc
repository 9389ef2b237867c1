// GET and HEAD of objects, and the documents about them that are always the same.
#include <string>

#include "s3gw/call.h"
#include "s3gw/handlers.h"
#include "s3gw/read_conditions.h"
#include "s3gw/uploads.h"
#include "s3gw/user_metadata.h"
#include "serving/entity_tag.h"
#include "serving/http_date.h"
#include "serving/object_body.h"
#include "serving/range_header.h"

namespace tarn::s3gw {
namespace {

/// Clients that ask to be sent to the storage say so in their User-Agent.
constexpr std::string_view kRedirectionTag = "s3RedirectionSupport";

/// An object and what of it is asked for.
struct Selection {
  Entry entry;
  std::string entity_tag;
  serving::ByteRange range;
  bool is_part = false;
  bool not_modified = false;
};

/// What is said to a reader that asks for one part, unless that is the whole object. Where the
/// parts of an object began and ended is not kept.
std::optional<Answer> CheckPartNumber(const Call& call, const Entry& entry) {
  const std::string* text = call.query().Find("partNumber");
  if (text == nullptr) return std::nullopt;
  const auto number = ReadQueryNumber(*text);
  if (!number || !catalog::CheckPartNumber(*number).ok()) return Error::kInvalidPartNumber;
  if (entry.checksum.find('-') != std::string::npos) return Error::kNotImplemented;
  if (*number > 1) return Error::kPartNumberNotSatisfiable;
  return std::nullopt;
}

/// Looks the object up and judges conditions and range; an answer where that already is one.
std::optional<Answer> Select(Call& call, Selection* selection) {
  auto entry = call.catalog().GetEntry(call.repository(), call.target().ref, call.path());
  // What does not exist is a missing key here, whatever part of its name is wrong.
  if (IsMissing(entry.code())) return Error::kNoSuchKey;
  if (!entry.ok()) return std::move(entry).status();
  selection->entry = *std::move(entry);
  if (auto refused = CheckPartNumber(call, selection->entry)) return refused;
  const int64_t size = selection->entry.size;
  selection->entity_tag = serving::EntityTag(selection->entry.checksum);
  selection->range = {0, size};
  const Validators validators{selection->entity_tag, selection->entry.last_modified.seconds};

  const ReadVerdict verdict = CheckReadConditions(call.head(), validators);
  if (verdict == ReadVerdict::kUnfulfilled) return Error::kPreconditionFailed;
  selection->not_modified = verdict == ReadVerdict::kNotModified;
  const serving::ReadRange range =
      serving::ReadRangeHeader(EffectiveRange(call.head(), validators), size);
  if (selection->not_modified || range.kind == serving::RangeKind::kBad) return std::nullopt;
  if (range.kind == serving::RangeKind::kUnsatisfiable) return Error::kInvalidRange;
  selection->range = range.range;
  selection->is_part = true;
  return std::nullopt;
}

/// The answer without a body.
http::Response Describe(const Selection& selection) {
  const Entry& entry = selection.entry;
  http::Response response;
  response.Add("Last-Modified", serving::FormatHttpDate(entry.last_modified.seconds));
  response.Add("ETag", selection.entity_tag);
  if (selection.not_modified) {
    response.status = 304;
    return response;
  }
  response.Add("Accept-Ranges", "bytes");
  response.Add("Content-Type", entry.content_type.empty() ? kDefaultContentType
                                                          : std::string_view(entry.content_type));
  if (selection.is_part) {
    response.status = 206;
    response.Add("Content-Range", serving::ContentRange(selection.range, entry.size));
  }
  AddUserMetadata(entry.metadata, &response);
  return response;
}

}  // namespace

Answer GetObject(Call& call) {
  Selection selection;
  if (auto early = Select(call, &selection)) return *std::move(early);
  http::Response response = Describe(selection);
  if (selection.not_modified) return response;
  // No store of this version has addresses that S3 clients could follow.
  if (call.Header("User-Agent").find(kRedirectionTag) != std::string_view::npos)
    return Error::kInternalError;
  TARN_TRY_ASSIGN(auto reader, call.catalog().OpenObject(call.repository(), selection.entry));
  response.Add("X-Content-Type-Options", "nosniff").Add("X-Frame-Options", "SAMEORIGIN");
  response.Add("Content-Security-Policy", "default-src 'none'");
  serving::SetObjectBody(&response, std::move(reader), selection.range);
  return response;
}

Answer HeadObject(Call& call) {
  Selection selection;
  if (auto early = Select(call, &selection)) return *std::move(early);
  http::Response response = Describe(selection);
  if (!selection.not_modified) response.announced_length = selection.range.length;
  return response;
}

Answer GetObjectVersioning(Call&) {
  return XmlAnswer("<VersioningConfiguration></VersioningConfiguration>");
}

Answer GetObjectTagging(Call&) {
  return XmlAnswer(
      "<Tagging xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><TagSet></TagSet></Tagging>");
}

}  // namespace tarn::s3gw
