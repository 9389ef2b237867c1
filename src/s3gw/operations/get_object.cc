// GET and HEAD of objects, and the documents about them that are always the same.
#include <string>

#include "s3gw/call.h"
#include "s3gw/object_headers.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/uploads.h"
#include "serving/object_answer.h"
#include "serving/object_body.h"

namespace tarn::s3gw {
namespace {

/// Clients that ask to be sent to the storage say so in their User-Agent.
constexpr std::string_view kRedirectionTag = "s3RedirectionSupport";

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

}  // namespace

// HEAD too. What it tells stands in the entry, so that the store, which may be far, is not asked.
Answer GetObject(Call& call) {
  const auto overrides = ReadOverrides(call.query());
  if (!overrides.ok()) return overrides.failure();
  const auto entry = call.catalog().GetEntry(call.repository(), call.target().ref, call.path());
  // What does not exist is a missing key here, whatever part of its name is wrong.
  if (IsMissing(entry.code())) return Error::kNoSuchKey;
  TARN_TRY(entry.status());
  if (auto refused = CheckPartNumber(call, *entry)) return *std::move(refused);
  const std::string tag = serving::EntityTag(entry->checksum);
  const serving::Validators validators{tag, entry->last_modified.seconds};
  const serving::ObjectAnswer answer = serving::JudgeRead(
      call.head(), validators, entry->size, {.quotes = serving::TagQuotes::kOptional});
  if (answer.status == 412) return Error::kPreconditionFailed;
  if (answer.status == 416) {
    Failure failure(Error::kInvalidRange);
    failure.header = {"Content-Range", serving::UnsatisfiableRange(entry->size)};
    return failure;
  }
  http::Response response;
  serving::DescribeObject(answer, validators, entry->size, &response);
  if (answer.status == 304) {
    AddCacheHeaders(*entry, &response);
    return response;
  }
  AddObjectHeaders(*entry, *overrides, &response);
  if (call.head().method == "HEAD") {
    response.announced_length = answer.range.length;
    return response;
  }
  // No store of this version has addresses that S3 clients could follow.
  const bool wants_address =
      call.Header("User-Agent").find(kRedirectionTag) != std::string_view::npos;
  if (wants_address) return Error::kInternalError;
  TARN_TRY_ASSIGN(auto stream,
                  call.catalog().OpenObject(call.repository(), *entry,
                                            {answer.range.offset, answer.range.length}));
  serving::SetObjectBody(&response, std::move(stream), answer.range.length);
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
