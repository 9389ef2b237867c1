#include "versioning/branch/ownership_record.h"

#include "proto/kv.pb.h"
#include "records/message.h"

namespace tarn::versioning {

namespace kv_pb = ::io::treeverse::lakefs::kv;

std::string EncodeOwnership(std::string_view owner, Timestamp expires) {
  kv_pb::MostlyCorrectOwnership message;
  message.set_owner(std::string(owner));
  records::SetTime(expires, message.mutable_expires());
  return records::Serialize(message);
}

Result<Timestamp> DecodeOwnershipExpiry(std::string_view bytes) {
  kv_pb::MostlyCorrectOwnership message;
  TARN_TRY(records::Parse(bytes, "ownership", &message));
  return records::GetTime(message.expires());
}

}  // namespace tarn::versioning
