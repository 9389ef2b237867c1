#include "cli/client_settings.h"

#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include "fmt/format.h"

namespace tarn::cli {
namespace {

struct Field {
  const char* environment;
  const char* section;
  const char* name;
  std::string ClientSettings::*out;
};
constexpr Field kFields[] = {
    {"LAKECTL_SERVER_ENDPOINT_URL", "server", "endpoint_url", &ClientSettings::endpoint},
    {"LAKECTL_CREDENTIALS_ACCESS_KEY_ID", "credentials", "access_key_id",
     &ClientSettings::access_key_id},
    {"LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY", "credentials", "secret_access_key",
     &ClientSettings::secret_access_key},
};

void TakeIfEmpty(std::string* out, const std::string& value) {
  if (out->empty()) *out = value;
}

// Fills what is still empty; other keys of the file belong to other programs.
Status ReadFile(const std::string& path, ClientSettings* settings) {
  try {
    const YAML::Node document = YAML::LoadFile(path);
    for (const Field& field : kFields) {
      if (!document.IsMap()) break;
      const YAML::Node section = document[field.section];
      if (!section || !section.IsMap()) continue;
      const YAML::Node value = section[field.name];
      if (value && value.IsScalar()) TakeIfEmpty(&(settings->*field.out), value.as<std::string>());
    }
  } catch (const YAML::BadFile&) {
    return {
        Code::kInvalidValue,
        fmt::format("error reading configuration file: open {}: no such file or directory", path)};
  } catch (const YAML::Exception& error) {
    return {Code::kInvalidValue,
            fmt::format("error reading configuration file: {}: {}", path, error.what())};
  }
  return {};
}

}  // namespace

std::string NormalEndpoint(std::string endpoint) {
  if (endpoint.find("://") == std::string::npos) endpoint.insert(0, "http://");
  while (endpoint.ends_with('/')) endpoint.pop_back();
  const size_t path = endpoint.find('/', endpoint.find("://") + 3);
  return path == std::string::npos ? endpoint + "/api/v1" : endpoint;
}

Result<ClientSettings> FindClientSettings(const ClientSources& sources) {
  ClientSettings settings{sources.server, sources.access_key_id, sources.secret_access_key};
  const auto environment = [&](const char* name) -> std::string {
    const char* value = sources.environment ? sources.environment(name) : nullptr;
    return value == nullptr ? "" : value;
  };
  for (const Field& field : kFields) {
    TakeIfEmpty(&(settings.*field.out), environment(field.environment));
  }
  // One file only: credentials of one server must not be sent to another.
  const std::string local = sources.data_directory + kCredentialsFile;
  const std::string common = sources.home + "/.lakectl.yaml";
  std::string file = sources.config_file;
  TakeIfEmpty(&file, environment("LAKECTL_CONFIG_FILE"));
  const auto exists = [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; };
  if (!sources.data_named && exists(common)) TakeIfEmpty(&file, common);
  if (exists(local)) TakeIfEmpty(&file, local);
  if (!file.empty()) TARN_TRY(ReadFile(file, &settings));
  TakeIfEmpty(&settings.endpoint, "http://127.0.0.1:8000");
  settings.endpoint = NormalEndpoint(settings.endpoint);
  if (settings.access_key_id.empty() || settings.secret_access_key.empty()) {
    return Status(Code::kInvalidValue,
                  fmt::format("no credentials: give --access-key-id and --secret-access-key, set "
                              "LAKECTL_CREDENTIALS_ACCESS_KEY_ID and "
                              "LAKECTL_CREDENTIALS_SECRET_ACCESS_KEY, write {}, or run setup",
                              sources.data_named ? local : common));
  }
  return settings;
}

std::string CredentialsFileText(const ClientSettings& settings) {
  return fmt::format(
      "credentials:\n  access_key_id: \"{}\"\n  secret_access_key: \"{}\"\n"
      "server:\n  endpoint_url: \"{}\"\n",
      settings.access_key_id, settings.secret_access_key, settings.endpoint);
}

}  // namespace tarn::cli
