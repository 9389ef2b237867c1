// Any bytes as an action file, and its patterns of branches. What is read holds no more than it
// may, and what is JSON reads the same as YAML.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/utf8.h"
#include "hooks/action_yaml.h"
#include "hooks/path_match.h"

namespace tarn::hooks {
namespace {

size_t CountValues(const Json& value) {
  size_t count = 1;
  if (value.is_string()) TARN_CHECK(IsValidUtf8(value.string()));
  if (value.is_array()) {
    for (const Json& item : value.items()) count += CountValues(item);
  }
  if (value.is_object()) {
    for (const auto& [name, member] : value.members()) {
      TARN_CHECK(value.Find(name) != nullptr);
      count += CountValues(member);
    }
  }
  return count;
}

void Run(std::string_view text) {
  const auto action = ReadActionYaml(text);
  if (!action.ok()) {
    TARN_CHECK(action.code() == Code::kInternal);
    TARN_CHECK(action.status().message().starts_with("yaml: "));
    return;
  }
  for (const auto& [event, branches] : action->on) {
    for (const std::string& pattern : branches) {
      for (const std::string_view branch : {"main", "a/b", ""}) {
        const auto fits = PathMatches(pattern, branch);
        TARN_CHECK(fits.ok() || fits.code() == Code::kInternal);
      }
      if (pattern.find_first_of("*?[\\") == std::string::npos) {
        const auto fits = PathMatches(pattern, pattern);
        TARN_CHECK(fits.ok() && *fits);
      }
    }
  }
  size_t values = 0;
  for (const ActionHook& hook : action->hooks) values += CountValues(hook.properties);
  TARN_CHECK(values <= kPropertyValuesMax + action->hooks.size());
}

}  // namespace
}  // namespace tarn::hooks

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tarn::hooks::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
