#include "hooks/multi_error.h"

#include <algorithm>
#include <string>

namespace tarn::hooks {

Status Together(const std::vector<Status>& failures) {
  if (failures.empty()) return {};
  std::string text = std::to_string(failures.size());
  text += failures.size() == 1 ? " error occurred:\n" : " errors occurred:\n";
  for (const Status& failure : failures) text.append("\t* ").append(failure.message()).append("\n");
  const auto has = [&](Code code) {
    return std::any_of(failures.begin(), failures.end(),
                       [&](const Status& failure) { return failure.code() == code; });
  };
  const Code code = has(Code::kHookFailed) ? Code::kHookFailed
                    : has(Code::kNotFound) ? Code::kNotFound
                                           : Code::kInternal;
  return {code, text + "\n"};
}

}  // namespace tarn::hooks
