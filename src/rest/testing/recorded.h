// Recorded conversations with the reference (codec/testing/golden_data.h). For tests.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "codec/json.h"

namespace tarn::rest::testing {

/// One request with the reference's answer. Placeholders of the request are filled with samples.
struct RecordedStep {
  std::string scenario, name;
  std::string method, path, query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int status = 0;
  std::string message;  ///< Of a JSON error, without the reference's dump of the schema.
  std::string text;     ///< Of a plain answer.
};

/// All steps of all scenarios; nothing if there are none.
std::optional<std::vector<RecordedStep>> ReadRecordedSteps();

}  // namespace tarn::rest::testing
