#include "hooks/lua/modules.h"

#include "hooks/lua/catalogexport/list.h"
#include "hooks/lua/modules/list.h"

namespace tarn::hooks::lua {
namespace {

bool HasNetwork(const Script& script) { return script.network != nullptr; }
bool MayUseHttp(const Script& script) { return script.networking && HasNetwork(script); }
bool HasServer(const Script& script) { return script.server != nullptr; }

constexpr Module kModules[] = {
    {"aws", AwsModule, HasNetwork},
    {"azure", AzureModule, HasNetwork},
    {"crypto/aes", AesModule},
    {"crypto/hmac", HmacModule},
    {"crypto/sha256", Sha256Module},
    {"databricks", DatabricksModule, HasNetwork},
    {"encoding/base64", Base64Module},
    {"encoding/hex", HexModule},
    {"encoding/json", JsonModule},
    {"encoding/parquet", ParquetModule},
    {"encoding/yaml", YamlModule},
    {"encoding/z85enc", Z85Module},
    {"formats", FormatsModule, HasServer},
    {"gcloud", GcloudModule, HasNetwork},
    {"hook", HookModule},
    {"lakefs", LakefsModule, HasServer},
    {"net/http", HttpModule, MayUseHttp},
    {"net/url", UrlModule},
    {"path", PathModule},
    {"regexp", RegexpModule},
    {"strings", StringsModule},
    {"time", TimeModule},
    {"uuid", UuidModule},
};

constexpr LuaModule kLuaModules[] = {
    {"lakefs/catalogexport/delta_exporter", "@lakefs/catalogexport/delta_exporter.lua",
     &kDeltaExporterSource},
    {"lakefs/catalogexport/glue_exporter", "@lakefs/catalogexport/glue_exporter.lua",
     &kGlueExporterSource},
    {"lakefs/catalogexport/hive", "@lakefs/catalogexport/hive.lua", &kHiveSource},
    {"lakefs/catalogexport/internal", "@lakefs/catalogexport/internal.lua", &kInternalSource},
    {"lakefs/catalogexport/symlink_exporter", "@lakefs/catalogexport/symlink_exporter.lua",
     &kSymlinkExporterSource},
    {"lakefs/catalogexport/table_extractor", "@lakefs/catalogexport/table_extractor.lua",
     &kTableExtractorSource},
    {"lakefs/catalogexport/unity_exporter", "@lakefs/catalogexport/unity_exporter.lua",
     &kUnityExporterSource},
};

}  // namespace

const Module* FindModule(std::string_view name, const Script& script) {
  for (const Module& module : kModules) {
    if (module.name != name) continue;
    return module.is_there == nullptr || module.is_there(script) ? &module : nullptr;
  }
  return nullptr;
}

const LuaModule* FindLuaModule(std::string_view name) {
  for (const LuaModule& module : kLuaModules) {
    if (module.name == name) return &module;
  }
  return nullptr;
}

}  // namespace tarn::hooks::lua
