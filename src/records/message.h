// Protobuf messages as stored bytes, and the times in them. Level 4; pure functions.
//
// Generated messages are for the files that encode and decode records, *_record.cc and *records.cc;
// all others see values.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace google::protobuf {
class MessageLite;
class Timestamp;
}  // namespace google::protobuf

namespace tarn::records {

/// The message's bytes, the same for equal messages: maps in ascending key order.
std::string Serialize(const google::protobuf::MessageLite& message);
/// Reads `bytes` into `message`; kCorrupt "malformed <what> record".
Status Parse(std::string_view bytes, std::string_view what, google::protobuf::MessageLite* message);

void SetTime(Timestamp time, google::protobuf::Timestamp* message);
Timestamp GetTime(const google::protobuf::Timestamp& message);

}  // namespace tarn::records
