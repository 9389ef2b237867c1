#include "versioning/jobs/instance_record.h"

#include "proto/catalog.pb.h"
#include "records/message.h"

namespace tarn::versioning {

std::string EncodeHeartbeat(Timestamp now) {
  catalog::InstanceHeartbeat message;
  records::SetTime(now, message.mutable_updated_at());
  return records::Serialize(message);
}

Result<Timestamp> DecodeHeartbeat(std::string_view bytes) {
  catalog::InstanceHeartbeat message;
  TARN_TRY(records::Parse(bytes, "heartbeat", &message));
  return records::GetTime(message.updated_at());
}

}  // namespace tarn::versioning
