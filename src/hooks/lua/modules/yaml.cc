// Module `encoding/yaml`.
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/yaml_document.h"

namespace tarn::hooks::lua {
namespace {

Status Marshal(Call& call) {
  TARN_TRY_ASSIGN(const Json value, call.TableOrNil(1));
  call.Return(WriteYaml(value));
  return {};
}

Status Unmarshal(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view text, call.Text(1));
  TARN_TRY_ASSIGN(Json value, ReadYaml(text, call.host().script().limits.memory_bytes));
  call.Return(std::move(value));
  return {};
}

constexpr Function kFunctions[] = {{"marshal", Native<Marshal>}, {"unmarshal", Native<Unmarshal>}};

}  // namespace

std::span<const Function> YamlModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
