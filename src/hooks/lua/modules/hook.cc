// Module `hook`.
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

/// fail(message): ends the hook with exactly that message. It is an error that a script may catch,
/// with marks by which Run knows it.
Status Fail(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view message, call.Text(1));
  return {Code::kHookFailed, "<HookFailure>" + std::string(message) + "</HookFailure>"};
}

constexpr Function kFunctions[] = {{"fail", Native<Fail>}};

}  // namespace

std::span<const Function> HookModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
