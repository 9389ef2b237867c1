#include "versioning/import/import_status.h"

#include "codec/utf8.h"
#include "proto/graveler.pb.h"
#include "refs/keys.h"
#include "refs/records.h"
#include "refs/update_record.h"

namespace tarn::versioning {

std::string ImportKey(std::string_view id) { return refs::Key(kImportPrefix, id); }

std::string EncodeImportStatus(const ImportStatus& status) {
  refs::pb::ImportStatusData message;
  message.set_id(status.id);
  message.set_completed(status.completed);
  message.mutable_updated_at()->set_seconds(status.updated.seconds);
  message.mutable_updated_at()->set_nanos(status.updated.nanos);
  message.set_progress(status.ingested_objects);
  message.set_metarange_id(status.metarange.str());
  if (status.commit) refs::ToMessage(*status.commit, message.mutable_commit());
  message.set_error(ReplaceInvalidUtf8(status.error));
  return refs::SerializeDeterministic(message);
}

Result<ImportStatus> DecodeImportStatus(std::string_view bytes) {
  refs::pb::ImportStatusData message;
  TARN_TRY(refs::ParseMessage(bytes, "import status", &message));
  ImportStatus status;
  status.id = message.id();
  status.completed = message.completed();
  status.updated = {message.updated_at().seconds(), message.updated_at().nanos()};
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
  return refs::UpdateRecord(context.refs.kv(), context.random, repository.partition(),
                            ImportKey(id), "import status", edit);
}

}  // namespace tarn::versioning
