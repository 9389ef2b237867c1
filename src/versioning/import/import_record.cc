#include "versioning/import/import_record.h"

#include <utility>

#include "codec/utf8.h"
#include "proto/graveler.pb.h"
#include "records/message.h"
#include "refs/records.h"

namespace tarn::versioning {

namespace pb = refs::pb;

namespace {

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
  return records::Serialize(message);
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
  return job;
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
