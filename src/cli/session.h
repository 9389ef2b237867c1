// What a command works with: the options given before or after its name, and the connection to a
// server that they, the environment and the files lead to. One thread.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "cli/api_client.h"

namespace tarn::cli {

/// Options that every command understands.
struct GlobalOptions {
  std::string config;             ///< -c, --config
  std::string data;               ///< --data
  std::string server;             ///< --server
  std::string access_key_id;      ///< --access-key-id
  std::string secret_access_key;  ///< --secret-access-key
  std::string base_uri;           ///< --base-uri
  bool quickstart = false;
  bool local_settings = false;
};

class Session {
 public:
  Session(GlobalOptions options, std::string program, std::string version);
  ~Session();

  const GlobalOptions& options() const { return options_; }
  /// The name it was called by: "tarn", "lakefs", "lakectl".
  const std::string& program() const { return program_; }
  const std::string& version() const { return version_; }
  const std::string& home() const { return home_; }
  /// --data, $TARN_DATA, ~/.tarn; absolute.
  std::string DataDirectory() const;
  /// `uri` with --base-uri put before it unless it is complete.
  std::string CompleteUri(const std::string& uri) const;
  /// The server's API; settings are read on first use. kInvalidValue says what is missing.
  Result<ApiClient*> Api();

 private:
  GlobalOptions options_;
  std::string program_, version_, home_;
  std::unique_ptr<ApiClient> api_;
};

}  // namespace tarn::cli
