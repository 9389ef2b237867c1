// Where the pages of the web interface may send uploads past the server: to the object store, if it
// signs URLs for them. Level 9; pure functions.
#pragma once

#include <string>
#include <vector>

#include "server/settings.h"

namespace tarn::server {

/// As a Content-Security-Policy names them: "https://host:port", or "https://*.host" where what is
/// before the host depends on the namespace. None unless pre_sign_support_ui is on. The settings
/// were checked.
std::vector<std::string> UploadOrigins(const Settings& settings);

}  // namespace tarn::server
