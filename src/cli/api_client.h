// The server's REST API as commands use it: JSON in, JSON out, refusals as statuses. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "cli/client_settings.h"
#include "codec/json.h"

namespace tarn::cli {

/// Query parameters, unescaped.
using Parameters = std::vector<std::pair<std::string, std::string>>;

class ApiClient {
 public:
  ApiClient(ClientSettings settings, std::string user_agent);
  ~ApiClient();

  const ClientSettings& settings() const { return settings_; }

  /// Calls `path` below the endpoint ("/repositories/r", escaped where it must be) and reads the
  /// JSON answer, null when it has no body. A refusal (status >= 400) has the server's message with
  /// the status behind it and a code by the status: kUnauthenticated, kNotFound, kConflict,
  /// kInvalidRequest, kInternal. No answer at all is kIo and says what to check.
  Result<Json> Get(std::string_view path, const Parameters& parameters = {});
  Result<Json> Post(std::string_view path, const Json& body, const Parameters& parameters = {});
  /// The same for what may take long: waits for the answer as long as the server is there.
  Result<Json> PostPatiently(std::string_view path, const Json& body);
  Status Delete(std::string_view path, const Parameters& parameters = {});

  /// Passes the bytes of an answer to `sink` as they come; an error of the sink ends the transfer.
  Status Download(std::string_view path, const Parameters& parameters,
                  const std::function<Status(std::string_view)>& sink);
  /// Sends a file (or "-": standard input) as the body of a POST and reads the JSON answer.
  Result<Json> Upload(std::string_view path, const Parameters& parameters, const std::string& file,
                      const std::string& content_type);

 private:
  class Impl;
  const ClientSettings settings_;
  std::unique_ptr<Impl> impl_;
};

/// "/repositories/R" and "/repositories/R/refs/REF", each part escaped.
std::string RepositoryPath(std::string_view repository, std::string_view rest = "");
std::string RefPath(std::string_view repository, std::string_view ref, std::string_view rest = "");
std::string BranchPath(std::string_view repository, std::string_view branch,
                       std::string_view rest = "");

}  // namespace tarn::cli
