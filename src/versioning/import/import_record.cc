#include "versioning/import/import_record.h"

#include "codec/utf8.h"
#include "proto/graveler.pb.h"
#include "records/layout.h"
#include "records/message.h"
#include "records/update.h"
#include "refs/records.h"

namespace tarn::versioning {

namespace pb = refs::pb;

std::string ImportKey(std::string_view id) { return records::Key(records::kImportPrefix, id); }

std::string EncodeImportStatus(const ImportStatus& status) {
  pb::ImportStatusData message;
  message.set_id(status.id);
  message.set_completed(status.completed);
  records::SetTime(status.updated, message.mutable_updated_at());
  message.set_progress(status.ingested_objects);
  message.set_metarange_id(status.metarange.str());
  if (status.commit) refs::ToMessage(*status.commit, message.mutable_commit());
  message.set_error(ReplaceInvalidUtf8(status.error));
  return records::Serialize(message);
}

Result<ImportStatus> DecodeImportStatus(std::string_view bytes) {
  pb::ImportStatusData message;
  TARN_TRY(records::Parse(bytes, "import status", &message));
  ImportStatus status;
  status.id = message.id();
  status.completed = message.completed();
  status.updated = records::GetTime(message.updated_at());
  status.ingested_objects = message.progress();
  status.metarange = MetarangeId(message.metarange_id());
  if (message.has_commit()) status.commit = refs::FromMessage(message.commit());
  status.error = message.error();
  return status;
}

Status UpdateImportStatus(Context& context, const refs::Repository& repository, std::string_view id,
                          const ImportChange& change) {
  const auto edit =
      [&](const std::optional<std::string>& found) -> Result<std::optional<std::string>> {
    if (!found) return Status(Code::kNotFound, "not found");
    TARN_TRY_ASSIGN(ImportStatus status, DecodeImportStatus(*found));
    TARN_TRY_ASSIGN(const bool changed, change(&status));
    if (!changed) return std::optional<std::string>();
    return std::optional<std::string>(EncodeImportStatus(status));
  };
  return records::UpdateRecord(context.kv, context.random, repository.partition(), ImportKey(id),
                               "import status", edit);
}

}  // namespace tarn::versioning
