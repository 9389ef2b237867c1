// Module `uuid`.
#include "base/random.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

Status New(Call& call) {
  call.Return(NewUuid(SystemRandom()));
  return {};
}

constexpr Function kFunctions[] = {{"new", Native<New>}};

}  // namespace

std::span<const Function> UuidModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
