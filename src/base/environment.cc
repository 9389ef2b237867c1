#include "base/environment.h"

#include <cstdlib>

namespace tarn {

std::string ProcessEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace tarn
