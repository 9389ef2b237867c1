#include "versioning/import/import_record.h"

#include <utility>

#include "codec/utf8.h"
#include "codec/wire.h"
#include "proto/graveler.pb.h"
#include "proto/tarn.pb.h"
#include "records/message.h"
#include "refs/records.h"

namespace tarn::versioning {

namespace pb = refs::pb;

namespace {

// Of a message that the reference does not know: it passes over it.
constexpr uint32_t kRunField = 1000;

/// What is needed to go on with it, of an import that runs.
void AppendRun(const JobRecord& job, std::string* bytes) {
  records::ImportRun run;
  run.set_owner(job.owner);
  run.set_takeovers(job.takeovers);
  run.set_intent(job.intent);
  run.set_request(job.request);
  AppendBytesField(bytes, kRunField, records::Serialize(run));
}

Status ReadRun(std::string_view bytes, JobRecord* job) {
  WireReader reader(bytes);
  for (WireField field; reader.Next(&field);) {
    if (!field.is_bytes(kRunField)) continue;
    records::ImportRun run;
    TARN_TRY(records::Parse(field.bytes, "import run", &run));
    job->owner = run.owner();
    job->takeovers = run.takeovers();
    job->intent = run.intent();
    job->request = run.request();
  }
  return {};
}

// A result is a message of the same type that holds these two alone.
void MoveResult(pb::ImportStatusData* from, pb::ImportStatusData* to) {
  to->set_metarange_id(std::move(*from->mutable_metarange_id()));
  from->clear_metarange_id();
  if (!from->has_commit()) return;
  to->mutable_commit()->Swap(from->mutable_commit());
  from->clear_commit();
}

}  // namespace

std::string EncodeImport(const JobRecord& job) {
  pb::ImportStatusData message;
  if (job.result) {
    // Bytes of EncodeImportResult or of DecodeImport, so they can be read.
    pb::ImportStatusData result;
    IgnoreError(records::Parse(*job.result, "import result", &result), "it was encoded here");
    MoveResult(&result, &message);
  }
  message.set_id(job.id);
  message.set_completed(job.state == JobState::kDone);
  records::SetTime(job.updated, message.mutable_updated_at());
  message.set_progress(job.progress);
  message.set_error(ReplaceInvalidUtf8(job.error.text));
  std::string bytes = records::Serialize(message);
  if (job.state == JobState::kRunning) AppendRun(job, &bytes);
  return bytes;
}

Result<JobRecord> DecodeImport(std::string_view bytes) {
  pb::ImportStatusData message;
  TARN_TRY(records::Parse(bytes, "import status", &message));
  JobRecord job;
  job.id = message.id();
  job.updated = records::GetTime(message.updated_at());
  job.progress = message.progress();
  job.error.text = message.error();
  if (message.completed()) {
    job.state = JobState::kDone;
  } else if (!message.error().empty()) {
    job.state = JobState::kFailed;
  }
  pb::ImportStatusData result;
  MoveResult(&message, &result);
  std::string encoded = records::Serialize(result);
  if (!encoded.empty()) job.result = std::move(encoded);
  TARN_TRY(ReadRun(bytes, &job));
  return job;
}

std::string EncodeImportRequest(const ImportRequest& request) {
  records::ImportRequest message;
  message.set_branch(request.branch.str());
  for (const ImportLocation& location : request.locations) {
    records::ImportRequest::Location& out = *message.add_locations();
    out.set_object(location.type == ImportLocationType::kObject);
    out.set_path(location.path);
    out.set_destination(location.destination);
  }
  message.set_committer(request.committer);
  message.set_message(request.message);
  for (const auto& [key, value] : request.metadata) (*message.mutable_metadata())[key] = value;
  message.set_force(request.force);
  return records::Serialize(message);
}

Result<ImportRequest> DecodeImportRequest(std::string_view bytes) {
  records::ImportRequest message;
  TARN_TRY(records::Parse(bytes, "import request", &message));
  ImportRequest request;
  request.branch = BranchId(message.branch());
  for (const records::ImportRequest::Location& location : message.locations()) {
    request.locations.push_back(
        {location.object() ? ImportLocationType::kObject : ImportLocationType::kCommonPrefix,
         location.path(), location.destination()});
  }
  request.committer = message.committer();
  request.message = message.message();
  for (const auto& [key, value] : message.metadata()) request.metadata[key] = value;
  request.force = message.force();
  return request;
}

std::string EncodeImportResult(const ImportResult& result) {
  pb::ImportStatusData message;
  message.set_metarange_id(result.metarange.str());
  if (result.commit) refs::ToMessage(*result.commit, message.mutable_commit());
  return records::Serialize(message);
}

Result<ImportResult> DecodeImportResult(std::string_view bytes) {
  pb::ImportStatusData message;
  TARN_TRY(records::Parse(bytes, "import result", &message));
  ImportResult result;
  result.metarange = MetarangeId(message.metarange_id());
  if (message.has_commit()) result.commit = refs::FromMessage(message.commit());
  return result;
}

}  // namespace tarn::versioning
