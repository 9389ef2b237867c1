#include "block/remote/environment.h"

#include <cstdlib>

namespace tarn::block::remote {

std::string ProcessEnvironment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

}  // namespace tarn::block::remote
