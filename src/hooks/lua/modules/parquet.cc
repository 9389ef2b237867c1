// Module `encoding/parquet`.
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"
#include "hooks/lua/parquet_schema.h"

namespace tarn::hooks::lua {
namespace {

Status GetSchema(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bytes, call.Text(1));
  TARN_TRY_ASSIGN(std::vector<ParquetField> fields, ReadParquetSchema(bytes));
  Json::Array list;
  for (ParquetField& field : fields) {
    Json::Object entry;
    entry.emplace_back("name", Json(std::move(field.name)));
    entry.emplace_back("type", Json(std::move(field.type)));
    list.emplace_back(std::move(entry));
  }
  call.Return(Json(std::move(list)));
  return {};
}

constexpr Function kFunctions[] = {{"get_schema", Native<GetSchema>}};

}  // namespace

std::span<const Function> ParquetModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
