#include "base/retrier.h"

#include <algorithm>
#include <string>

#include "base/blocking.h"

namespace tarn {

Status Retrier::GivenUp(Status failure) const {
  if (failure.code() != Code::kSlowDown) return failure;
  return {options_.given_up, std::string(failure.message())};
}

Status Retrier::Pause(int attempt) {
  TARN_TRY(RequireBlocking());
  const int64_t longest =
      std::min(options_.pause_us_max, options_.pause_us_first << std::min(attempt - 1, 20));
  // Half of it by chance, so that those who failed together do not come back together.
  const int64_t half = longest / 2;
  options_.sleep(longest - half + static_cast<int64_t>(random_.Next64() % uint64_t(half + 1)));
  return {};
}

}  // namespace tarn
