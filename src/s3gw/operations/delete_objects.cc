// Deletion of many objects in one request, with a true result for each.
#include <map>
#include <vector>

#include "codec/xml_writer.h"
#include "refs/names.h"
#include "s3gw/call.h"
#include "s3gw/documents/xml_requests.h"
#include "s3gw/operations/delete_condition.h"
#include "s3gw/operations/handlers.h"
#include "s3gw/operations/listing_page.h"
#include "s3gw/operations/version_id.h"
#include "versioning/branch/branches.h"
#include "versioning/branch/staged_write.h"

namespace tarn::s3gw {
namespace {

constexpr std::string_view kDeletingFailed = "ErrDeletingKey";

/// Keys of one ref: places in the request, and the paths there.
struct RefBatch {
  std::vector<size_t> places;
  std::vector<std::string> paths;
};

/// What is not there is deleted, also where there is no branch.
bool IsDeleted(const Status& status) {
  return status.ok() || status.code() == Code::kNotFound || status.code() == Code::kBranchNotFound;
}

bool IsTooLong(std::string_view key) {
  const auto place = ReadRefPrefix(key);
  return place && place->path && place->path->size() > refs::kPathBytesMax;
}

/// Who is denied is not told what else is wrong.
void WriteFailure(XmlWriter* xml, std::string_view key, const Status& status) {
  const bool is_denied = status.code() == Code::kInsufficientPermissions;
  const bool is_too_long = !is_denied && IsTooLong(key);
  const ErrorRow& row = RowOf(is_too_long ? Error::kKeyTooLong : ErrorOf(status.code()));
  const bool is_known = row.error != Error::kInternalError;
  xml->Begin("Error").Element("Code", is_known ? row.code : kDeletingFailed).Element("Key", key);
  std::string message = "error deleting object: ";
  message += is_known ? row.message : status.message();
  xml->Element("Message", is_denied ? "Access Denied" : message).End("Error");
}

void DeleteBatch(Call& call, const std::string& ref, const RefBatch& batch,
                 std::vector<Status>* results) {
  const auto deleted = call.catalog().DeleteObjects(call.repository(), BranchId(ref), batch.paths,
                                                    /*force=*/false, /*no_tombstone=*/false);
  for (size_t i = 0; i < batch.places.size(); ++i)
    (*results)[batch.places[i]] = deleted.ok() ? (*deleted)[i] : deleted.status();
}

/// What a failure about one object is among the results.
Status ToStatus(const Failure& failure) {
  const bool is_version = failure.error == Error::kNoSuchVersion;
  return {is_version ? Code::kDataNotFound : Code::kInvalidRequest, failure.message};
}

/// Deletes one object on its conditions. Nothing if it has none, and so can go with others.
std::optional<Status> DeleteOnConditions(Call& call, const RefPrefix& key,
                                         const ObjectToDelete& object) {
  if (object.version_id)
    if (const auto failure = CheckVersionId(*object.version_id)) return ToStatus(*failure);
  const auto condition =
      ReadDeleteCondition(object.entity_tag, object.last_modified_time, object.size);
  if (!condition.ok()) return ToStatus(condition.failure());
  if (!condition->any()) return std::nullopt;
  return call.catalog().DeleteObjectIf(
      call.repository(), BranchId(key.ref), *key.path,
      [&](const Entry& entry) { return condition->HoldsFor(entry); });
}

Status MalformedKey(std::string_view key) {
  return {Code::kInvalidValue, key.empty() ? "argument branch: required value: validation error"
                                           : "encoded path is malformed"};
}

/// Whether each object may be deleted, before anything is. Errors are failures to decide.
Result<std::vector<Status>> DecideEach(const Call& call,
                                       const std::vector<ObjectToDelete>& objects) {
  std::vector<Status> decisions(objects.size());
  for (size_t i = 0; i < objects.size(); ++i) {
    const auto key = ReadRefPrefix(objects[i].key);
    if (!key) {
      decisions[i] = MalformedKey(objects[i].key);
      continue;
    }
    decisions[i] = call.Decide(key->path.value_or(""));
    if (decisions[i].code() != Code::kInsufficientPermissions) TARN_TRY(decisions[i]);
  }
  return decisions;
}

/// Deletes the objects whose result is a success so far, and puts in its place what came of it. A
/// ref without path is nothing to delete: Spark asks for it.
void DeleteEach(Call& call, const std::vector<ObjectToDelete>& objects,
                std::vector<Status>* results) {
  std::map<std::string, RefBatch> batches;
  for (size_t i = 0; i < objects.size(); ++i) {
    if (!(*results)[i].ok()) continue;
    auto key = ReadRefPrefix(objects[i].key);
    if (!key->path || key->path->empty()) continue;
    if (auto done = DeleteOnConditions(call, *key, objects[i])) {
      (*results)[i] = *std::move(done);
      continue;
    }
    RefBatch& batch = batches[key->ref];
    batch.places.push_back(i);
    batch.paths.push_back(*std::move(key->path));
  }
  for (const auto& [ref, batch] : batches) DeleteBatch(call, ref, batch, results);
}

}  // namespace

Answer DeleteObjects(Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  const auto request = ReadDeleteRequest(call.document());
  if (!request.ok()) return Error::kBadRequest;
  const std::vector<ObjectToDelete>& objects = request->objects;
  if (objects.empty() || objects.size() > versioning::kDeletePathsMax) return Error::kMalformedXml;
  TARN_TRY_ASSIGN(std::vector<Status> results, DecideEach(call, objects));
  DeleteEach(call, objects, &results);
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  for (size_t i = 0; i < objects.size() && !request->quiet; ++i)
    if (IsDeleted(results[i])) xml.Begin("Deleted").Element("Key", objects[i].key).End("Deleted");
  for (size_t i = 0; i < objects.size(); ++i)
    if (!IsDeleted(results[i])) WriteFailure(&xml, objects[i].key, results[i]);
  xml.End("DeleteResult");
  return XmlAnswer(text);
}

Answer PostBucket(Call&) { return Error::kNotSupported; }

}  // namespace tarn::s3gw
