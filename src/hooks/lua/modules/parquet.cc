// Module `encoding/parquet`.
#include "codec/parquet_footer.h"
#include "hooks/lua/call.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

Status GetSchema(Call& call) {
  TARN_TRY_ASSIGN(const std::string_view bytes, call.Text(1));
  TARN_TRY_ASSIGN(const ParquetFooter footer, ReadParquetFooter(bytes));
  Json::Array list;
  for (const ParquetElement& element : std::span(footer.elements).subspan(1)) {
    Json::Object entry;
    entry.emplace_back("name", Json(element.name));
    entry.emplace_back("type", Json(element.type ? NameOf(*element.type) : "N/A"));
    list.emplace_back(std::move(entry));
  }
  call.Return(Json(std::move(list)));
  return {};
}

constexpr Function kFunctions[] = {{"get_schema", Native<GetSchema>}};

}  // namespace

std::span<const Function> ParquetModule() { return kFunctions; }

}  // namespace tarn::hooks::lua
