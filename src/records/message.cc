#include "records/message.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message_lite.h>
#include <google/protobuf/timestamp.pb.h>

namespace tarn::records {

std::string Serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

Status Parse(std::string_view bytes, std::string_view what,
             google::protobuf::MessageLite* message) {
  if (message->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Status();
  return Status(Code::kCorrupt, "malformed " + std::string(what) + " record");
}

void SetTime(Timestamp time, google::protobuf::Timestamp* message) {
  message->set_seconds(time.seconds);
  message->set_nanos(time.nanos);
}

Timestamp GetTime(const google::protobuf::Timestamp& message) {
  return {message.seconds(), message.nanos()};
}

}  // namespace tarn::records
