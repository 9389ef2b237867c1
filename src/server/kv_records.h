// What the records of the KV are: the message of each by partition and key, for tools that show or
// check them (docs/formats/kv.md). Level 9; pure functions.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace google::protobuf {
class Message;
}

namespace tarn::server {

/// An empty message of the record's type, or null for records that are no messages.
std::unique_ptr<google::protobuf::Message> NewRecordMessage(std::string_view partition,
                                                            std::string_view key);

/// kCorrupt for a value that cannot be read as the record's message.
Status CheckRecord(std::string_view partition, std::string_view key, std::string_view value);

/// A record's value as JSON: the fields of its message that are set, by their names, bytes in
/// base64; or the value itself in base64 if it is no message or cannot be read as one.
std::string RecordAsJson(std::string_view partition, std::string_view key, std::string_view value);

/// One line: {"partition", "key", "value"}.
std::string RecordLine(std::string_view partition, std::string_view key, std::string_view value);

}  // namespace tarn::server
