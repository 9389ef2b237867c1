// Where the server is and who we are: from options, environment, and one file: the one named by
// --config or LAKECTL_CONFIG_FILE, that of a named data directory, ~/.lakectl.yaml, or that of the
// default data directory, the first there is.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"

namespace tarn::cli {

struct ClientSettings {
  std::string endpoint;  ///< "http://127.0.0.1:8000/api/v1"
  std::string access_key_id, secret_access_key;
};

struct ClientSources {
  std::string server, access_key_id, secret_access_key;  ///< Options.
  std::string config_file;                               ///< --config; must exist if given.
  std::string home;
  std::string data_directory;  ///< Of a local server; may hold kCredentialsFile.
  bool data_named = false;     ///< The user named it, so its file goes before ~/.lakectl.yaml.
  std::function<const char*(const char*)> environment;
};

/// kInvalidValue with what to do when a file is broken or credentials are nowhere.
Result<ClientSettings> FindClientSettings(const ClientSources& sources);

/// "http://host:port" with "/api/v1" where a path is missing; a bare "host:port" gets "http://".
std::string NormalEndpoint(std::string endpoint);

/// The text of a credentials file that FindClientSettings reads.
std::string CredentialsFileText(const ClientSettings& settings);

/// Name of that file in a data directory.
inline constexpr const char* kCredentialsFile = "/credentials.yaml";

}  // namespace tarn::cli
