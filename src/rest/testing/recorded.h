// Recorded conversations with the reference, read from the shared conformance folder. For tests.
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

/// All steps of all scenarios. Nothing if the folder is absent: the test is skipped, or failed when
/// the environment says TARN_SHARED=required.
std::optional<std::vector<RecordedStep>> ReadRecordedSteps();

}  // namespace tarn::rest::testing
