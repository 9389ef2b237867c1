#include "cli/session.h"

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace tarn::cli {
namespace {

std::string HomeDirectory() {
  if (const char* home = std::getenv("HOME"); home != nullptr && *home != '\0') return home;
  const struct passwd* user = ::getpwuid(::getuid());
  return user != nullptr ? user->pw_dir : "/";
}

}  // namespace

Session::Session(GlobalOptions options, std::string program, std::string version)
    : options_(std::move(options)),
      program_(std::move(program)),
      version_(std::move(version)),
      home_(HomeDirectory()) {}

Session::~Session() = default;

std::string Session::DataDirectory() const {
  std::string directory = options_.data;
  if (directory.empty()) {
    const char* named = std::getenv("TARN_DATA");
    directory = named != nullptr && *named != '\0' ? named : home_ + "/.tarn";
  }
  std::error_code error;
  const auto absolute = std::filesystem::absolute(directory, error).lexically_normal();
  std::string text = error ? directory : absolute.string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::string Session::CompleteUri(const std::string& uri) const {
  std::string base = options_.base_uri;
  if (base.empty()) {
    const char* named = std::getenv("LAKECTL_BASE_URI");
    if (named != nullptr) base = named;
  }
  return uri.starts_with("lakefs://") ? uri : base + uri;
}

Result<ApiClient*> Session::Api() {
  if (!api_) {
    ClientSources sources;
    sources.server = options_.server;
    sources.access_key_id = options_.access_key_id;
    sources.secret_access_key = options_.secret_access_key;
    sources.config_file = options_.config;
    sources.home = home_;
    sources.data_directory = DataDirectory();
    sources.data_named = !options_.data.empty() || std::getenv("TARN_DATA") != nullptr;
    sources.environment = [](const char* name) { return std::getenv(name); };
    TARN_TRY_ASSIGN(ClientSettings settings, FindClientSettings(sources));
    api_ = std::make_unique<ApiClient>(std::move(settings), program_ + "/" + version_);
  }
  return api_.get();
}

}  // namespace tarn::cli
