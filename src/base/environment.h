// The environment of the process, where the tools of clouds look for credentials; tests bring their
// own. Level 0; thread-safe as long as nobody changes it.
#pragma once

#include <functional>
#include <string>

namespace tarn {

/// The value of an environment variable, empty if it is not set.
using Environment = std::function<std::string(const char* name)>;
/// That of this process.
std::string ProcessEnvironment(const char* name);

}  // namespace tarn
