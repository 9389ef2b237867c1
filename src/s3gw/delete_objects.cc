// Deletion of many objects in one request, with a true result for each.
#include <map>
#include <vector>

#include "codec/xml_writer.h"
#include "s3gw/call.h"
#include "s3gw/handlers.h"
#include "s3gw/listing_page.h"
#include "s3gw/xml_requests.h"
#include "versioning/branches.h"
#include "versioning/staged_write.h"

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

void WriteFailure(XmlWriter* xml, std::string_view key, const Status& status) {
  const ErrorRow& row = RowOf(ErrorOf(status.code()));
  const bool is_known = row.error != Error::kInternalError;
  xml->Begin("Error").Element("Code", is_known ? row.code : kDeletingFailed).Element("Key", key);
  std::string message = "error deleting object: ";
  message += is_known ? row.message : status.message();
  xml->Element("Message", message).End("Error");
}

void DeleteBatch(Call& call, const std::string& ref, const RefBatch& batch,
                 std::vector<Status>* results) {
  const auto deleted = call.catalog().DeleteObjects(call.repository(), BranchId(ref), batch.paths,
                                                    /*force=*/false, /*no_tombstone=*/false);
  for (size_t i = 0; i < batch.places.size(); ++i)
    (*results)[batch.places[i]] = deleted.ok() ? (*deleted)[i] : deleted.status();
}

/// One result per key. A ref without path is nothing to delete: Spark asks for it.
std::vector<Status> DeleteKeys(Call& call, const std::vector<std::string>& keys) {
  std::vector<Status> results(keys.size());
  std::map<std::string, RefBatch> batches;
  for (size_t i = 0; i < keys.size(); ++i) {
    auto key = ReadRefPrefix(keys[i]);
    if (!key) {
      results[i] = keys[i].empty() ? Status(Code::kInvalidValue,
                                            "argument branch: required value: validation error")
                                   : Status(Code::kInvalidValue, "encoded path is malformed");
      continue;
    }
    if (!key->path || key->path->empty()) continue;
    RefBatch& batch = batches[key->ref];
    batch.places.push_back(i);
    batch.paths.push_back(*std::move(key->path));
  }
  for (const auto& [ref, batch] : batches) DeleteBatch(call, ref, batch, &results);
  return results;
}

}  // namespace

Answer DeleteObjects(Call& call) {
  TARN_TRY(versioning::CheckWritable(call.repository(), /*force=*/false));
  const auto request = ReadDeleteRequest(call.document());
  if (!request.ok()) return Error::kBadRequest;
  const std::vector<std::string>& keys = request->keys;
  if (keys.empty() || keys.size() > versioning::kDeletePathsMax) return Error::kMalformedXml;
  const std::vector<Status> results = DeleteKeys(call, keys);
  std::string text;
  XmlWriter xml(&text);
  xml.Begin("DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"");
  for (size_t i = 0; i < keys.size() && !request->quiet; ++i)
    if (IsDeleted(results[i])) xml.Begin("Deleted").Element("Key", keys[i]).End("Deleted");
  for (size_t i = 0; i < keys.size(); ++i)
    if (!IsDeleted(results[i])) WriteFailure(&xml, keys[i], results[i]);
  xml.End("DeleteResult");
  return XmlAnswer(text);
}

Answer PostBucket(Call&) { return Error::kNotSupported; }

}  // namespace tarn::s3gw
