// GET and HEAD of objects, and the documents about them that are always the same.
#include <string>

#include "http/http_date.h"
#include "s3gw/call.h"
#include "s3gw/object_headers.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/uploads.h"
#include "serving/entity_tag.h"
#include "serving/object_body.h"
#include "serving/range_header.h"
#include "serving/read_conditions.h"
#include "serving/sandbox.h"

namespace tarn::s3gw {
namespace {

/// Clients that ask to be sent to the storage say so in their User-Agent.
constexpr std::string_view kRedirectionTag = "s3RedirectionSupport";

/// An object and what of it is asked for.
struct Selection {
  Entry entry;
  std::string entity_tag;
  serving::ByteRange range;
  int status = 200;
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
  const serving::Validators validators{selection->entity_tag,
                                       selection->entry.last_modified.seconds};

  const serving::ReadVerdict verdict =
      serving::CheckReadConditions(call.head(), validators, serving::TagQuotes::kOptional);
  if (verdict == serving::ReadVerdict::kUnfulfilled) return Error::kPreconditionFailed;
  if (verdict == serving::ReadVerdict::kNotModified) {
    selection->status = 304;
    return std::nullopt;
  }
  const serving::ReadRange range =
      serving::ReadRangeHeader(serving::EffectiveRange(call.head(), validators), size);
  if (range.kind == serving::RangeKind::kBad) return std::nullopt;
  if (range.kind == serving::RangeKind::kUnsatisfiable) {
    Failure failure(Error::kInvalidRange);
    failure.header = {"Content-Range", serving::UnsatisfiableRange(size)};
    return failure;
  }
  selection->range = range.range;
  selection->status = 206;
  return std::nullopt;
}

/// The answer without a body. Whatever the bytes of a user are said to be, they stay in a sandbox.
http::Response Describe(const Selection& selection, const Metadata& overrides) {
  const Entry& entry = selection.entry;
  http::Response response;
  response.status = selection.status;
  response.Add("Last-Modified", http::FormatHttpDate(entry.last_modified.seconds));
  response.Add("ETag", selection.entity_tag);
  if (selection.status == 304) {
    AddCacheHeaders(entry, &response);
    return response;
  }
  response.Add("Accept-Ranges", "bytes");
  if (selection.status == 206)
    response.Add("Content-Range", serving::ContentRange(selection.range, entry.size));
  AddObjectHeaders(entry, overrides, &response);
  serving::AddSandbox(&response);
  return response;
}

}  // namespace

// HEAD too: the server leaves the body out, and everything else is the same.
Answer GetObject(Call& call) {
  const auto overrides = ReadOverrides(call.query());
  if (!overrides.ok()) return overrides.failure();
  Selection selection;
  if (auto early = Select(call, &selection)) return *std::move(early);
  http::Response response = Describe(selection, *overrides);
  if (selection.status == 304) return response;
  // No store of this version has addresses that S3 clients could follow.
  const bool wants_address =
      call.head().method == "GET" &&
      call.Header("User-Agent").find(kRedirectionTag) != std::string_view::npos;
  if (wants_address) return Error::kInternalError;
  const serving::ByteRange& range = selection.range;
  TARN_TRY_ASSIGN(auto stream, call.catalog().OpenObject(call.repository(), selection.entry,
                                                         {range.offset, range.length}));
  serving::SetObjectBody(&response, std::move(stream), range.length);
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
