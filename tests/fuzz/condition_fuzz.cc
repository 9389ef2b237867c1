// Any bytes as the condition of a hook: it holds, it does not, or there is a sentence that says
// why; the same each time.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "hooks/condition/condition.h"

namespace tarn::hooks {
namespace {

void Run(std::string_view text) {
  for (const bool has_failed : {false, true}) {
    const ConditionFacts facts{.has_failed = has_failed, .now = {1'700'000'000, 0}};
    const auto holds = EvaluateCondition(text, facts);
    const auto again = EvaluateCondition(text, facts);
    TARN_CHECK(holds.ok() == again.ok());
    if (holds.ok()) {
      TARN_CHECK(*holds == *again);
      continue;
    }
    TARN_CHECK(holds.code() == Code::kInternal && !holds.status().message().empty());
    TARN_CHECK(holds.status().message() == again.status().message());
  }
}

}  // namespace
}  // namespace tarn::hooks

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::hooks::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
