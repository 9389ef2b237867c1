// Answers with a JSON document, or none. Level 7; pure functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "codec/json_writer.h"
#include "http/message.h"

namespace tarn::serving {

/// Only a status.
http::Response EmptyAnswer(int status);
/// A JSON document; the line break after it is added.
http::Response JsonAnswer(int status, std::string json);
/// `{"message": ...}`
http::Response MessageAnswer(int status, std::string_view message);

/// Builds a JSON answer in place:
///   JsonBuilder json; json.writer.BeginObject()...; return std::move(json).Answer(200);
struct JsonBuilder {
  std::string text;
  JsonWriter writer{&text};
  /// Makes room for a usual answer, so that the text is allocated once.
  JsonBuilder() { text.reserve(512); }
  JsonBuilder(const JsonBuilder&) = delete;
  JsonBuilder& operator=(const JsonBuilder&) = delete;
  http::Response Answer(int status) && { return JsonAnswer(status, std::move(text)); }
};

}  // namespace tarn::serving
