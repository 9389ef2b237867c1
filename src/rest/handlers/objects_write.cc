#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "rest/answers.h"
#include "rest/call.h"
#include "rest/error_table.h"
#include "rest/handlers/encoders.h"
#include "rest/handlers/handlers.h"
#include "rest/media_type.h"
#include "rest/multipart.h"

namespace tarn::rest {
namespace {

// Headers that carry user metadata, and what their names become.
constexpr std::pair<std::string_view, std::string_view> kMetadataHeaders[] = {
    {"x-lakefs-meta-", ""}, {"x-lakefs-internal-", "::lakefs::"}};

constexpr std::string_view kFormType = "multipart/form-data";

Metadata MetadataOf(const http::RequestHead& head) {
  Metadata metadata;
  for (const auto& [name, value] : head.headers) {
    for (const auto& [prefix, key_prefix] : kMetadataHeaders) {
      if (!http::EqualsIgnoreCase(name.substr(0, prefix.size()), prefix)) continue;
      std::string key(key_prefix);
      for (const char c : name.substr(prefix.size()))
        key.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c);
      metadata.emplace(std::move(key), value);  // the first value counts
    }
  }
  return metadata;
}

Result<http::Response> UploadAnswer(Call& call, const refs::Repository& repository,
                                    const catalog::PathEntry& stored,
                                    std::string_view shown_content_type) {
  const Entry& entry = stored.entry;
  TARN_TRY_ASSIGN(const std::string address,
                  call.catalog().PhysicalAddress(repository, entry.address, entry.address_type));
  JsonBuilder json;
  WriteObjectStats(&json.writer, {.path = stored.path,
                                  .physical_address = address,
                                  .checksum = entry.checksum,
                                  .content_type = shown_content_type,
                                  .size = entry.size,
                                  .modified_seconds = entry.last_modified.seconds,
                                  .metadata = &entry.metadata});
  return std::move(json).Answer(201);
}

/// The whole body is the object.
class RawTaker : public BodyTaker {
 public:
  RawTaker(refs::Repository repository, std::unique_ptr<catalog::Upload> upload)
      : repository_(std::move(repository)), upload_(std::move(upload)) {}
  Status Take(std::span<const char> bytes) override { return upload_->Write(bytes); }
  Result<http::Response> Finish(Call& call) override {
    TARN_TRY_ASSIGN(const catalog::PathEntry stored, upload_->Finish());
    return UploadAnswer(call, repository_, stored, stored.entry.content_type);
  }

 private:
  const refs::Repository repository_;
  std::unique_ptr<catalog::Upload> upload_;
};

/// The first part named "content" of a form is the object; all others are skipped.
class FormTaker : public BodyTaker, private PartSink {
 public:
  FormTaker(refs::Repository repository, std::unique_ptr<catalog::Upload> upload,
            std::string_view boundary)
      : repository_(std::move(repository)), upload_(std::move(upload)), reader_(boundary, *this) {}

  Status Take(std::span<const char> bytes) override { return reader_.Take(bytes); }

  Result<http::Response> Finish(Call& call) override {
    TARN_TRY(reader_.Finish());
    if (!content_type_)
      return Status(Code::kInvalidRequest,
                    "multipart upload missing key 'content': http: no such file");
    TARN_TRY_ASSIGN(const catalog::PathEntry stored, upload_->Finish(content_type_));
    return UploadAnswer(call, repository_, stored, *content_type_);
  }

 private:
  Status OnPart(const PartHead& head) override {
    taking_ = !content_type_ && head.name == "content";
    if (taking_) content_type_ = head.content_type;
    return {};
  }
  Status OnBytes(std::span<const char> bytes) override {
    return taking_ ? upload_->Write(bytes) : Status();
  }
  Status OnPartEnd() override {
    taking_ = false;
    return {};
  }

  const refs::Repository repository_;
  std::unique_ptr<catalog::Upload> upload_;
  MultipartReader reader_;
  bool taking_ = false;
  std::optional<std::string> content_type_;  // set once the part was met
};

/// Whether the user may delete each of the paths. Errors are failures to decide.
Result<std::vector<Status>> DecideEach(const Call& call, const std::vector<std::string>& paths) {
  std::vector<Status> decisions(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    decisions[i] = call.Decide(call.operation().permission, "paths", paths[i]);
    if (decisions[i].code() != Code::kInsufficientPermissions) TARN_TRY(decisions[i]);
  }
  return decisions;
}

/// One status for each path. Where none is left of those that were asked for, whether there is such
/// a repository is not for this user to learn.
Result<std::vector<Status>> DeletePermitted(const Call& call, const std::vector<std::string>& paths,
                                            bool some_refused) {
  if (paths.empty() && some_refused) return std::vector<Status>();
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  return call.catalog().DeleteObjects(repository, BranchId(call.Text("branch")), paths,
                                      call.Flag("force"), call.Flag("no_tombstone"));
}

void WriteObjectError(JsonWriter* json, std::string_view path, const Status& status) {
  json->BeginObject().Field("message", ErrorText(status)).Field("path", path);
  json->Field("status_code", ErrorRowOf(status.code()).status).EndObject();
}

}  // namespace

Result<std::unique_ptr<BodyTaker>> UploadObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  const http::RequestHead& head = call.head();
  const bool if_absent = call.Text("If-None-Match") == "*";
  const bool supported = !call.Has("If-Match") && (!call.Has("If-None-Match") || if_absent);
  const std::string_view content_type = head.Get("Content-Type");
  catalog::UploadRequest request;
  request.branch = BranchId(call.Text("branch"));
  request.path = call.Text("path");
  request.content_type = content_type.empty() ? kDefaultContentType : content_type;
  request.metadata = MetadataOf(head);
  request.condition =
      if_absent ? versioning::SetCondition::kAbsent : versioning::SetCondition::kNone;
  Result<MediaType> media = ParseMediaType(request.content_type);
  const bool is_form = media.ok() && media->type == kFormType;
  if (!is_form) request.size_hint = head.content_length;
  request.force = call.Flag("force");
  TARN_TRY_ASSIGN(auto upload, call.catalog().BeginUpload(repository, request));
  // After the look-ups, because a missing branch or an object in the way counts first.
  if (!supported) return Status(Code::kNotImplemented, "Not Implemented");
  if (!media.ok()) return Status(Code::kInvalidRequest, std::string(media.status().message()));
  if (!is_form)
    return std::unique_ptr<BodyTaker>(std::make_unique<RawTaker>(repository, std::move(upload)));
  const std::string& boundary = media->parameters["boundary"];
  if (boundary.empty())
    return Status(Code::kInvalidRequest, "no multipart boundary param in Content-Type");
  return std::unique_ptr<BodyTaker>(
      std::make_unique<FormTaker>(repository, std::move(upload), boundary));
}

Result<http::Response> DeleteObject(Call& call) {
  TARN_TRY_ASSIGN(const auto repository, call.Repository());
  TARN_TRY(call.catalog().DeleteObject(repository, BranchId(call.Text("branch")), call.Text("path"),
                                       call.Flag("force"), call.Flag("no_tombstone")));
  return EmptyAnswer(204);
}

Result<http::Response> DeleteObjects(Call& call) {
  std::vector<std::string> paths;
  for (const Json& path : call.body().Find("paths")->items()) paths.push_back(path.string());
  if (paths.size() > versioning::kDeletePathsMax)
    return Status(Code::kInvalidRequest, "request size exceeded, max paths is set to 1000");
  TARN_TRY_ASSIGN(std::vector<Status> results, DecideEach(call, paths));
  const bool all_permitted =
      std::all_of(results.begin(), results.end(), [](const Status& each) { return each.ok(); });
  std::vector<std::string> some;  // stays empty where all are permitted
  for (size_t i = 0; i < paths.size() && !all_permitted; ++i)
    if (results[i].ok()) some.push_back(paths[i]);
  const std::vector<std::string>& permitted = all_permitted ? paths : some;
  auto deleted = DeletePermitted(call, permitted, /*some_refused=*/!all_permitted);
  // A branch that takes no writes is told per path, as clients expect; other failures of the whole
  // batch are its answer.
  if (ErrorRowOf(deleted.code()).status == 403)
    deleted = std::vector<Status>(permitted.size(), deleted.status());
  TARN_TRY(deleted.status());
  auto next = deleted->begin();
  for (Status& result : results)
    if (result.ok()) result = std::move(*next++);
  JsonBuilder json;
  json.writer.BeginObject().Key("errors").BeginArray();
  for (size_t i = 0; i < paths.size(); ++i)
    if (!results[i].ok()) WriteObjectError(&json.writer, paths[i], results[i]);
  json.writer.EndArray().EndObject();
  return std::move(json).Answer(200);
}

}  // namespace tarn::rest
