// What the files of this folder define: the functions of one module each. Level 7; immutable.
#pragma once

#include <span>

#include "hooks/lua/host.h"

namespace tarn::hooks::lua {

std::span<const Function> AesModule();
std::span<const Function> AwsModule();
std::span<const Function> AzureModule();
std::span<const Function> Base64Module();
std::span<const Function> DatabricksModule();
std::span<const Function> FormatsModule();
std::span<const Function> GcloudModule();
std::span<const Function> HexModule();
std::span<const Function> HmacModule();
std::span<const Function> HookModule();
std::span<const Function> HttpModule();
std::span<const Function> JsonModule();
std::span<const Function> LakefsModule();
std::span<const Function> ParquetModule();
std::span<const Function> PathModule();
std::span<const Function> RegexpModule();
std::span<const Function> Sha256Module();
std::span<const Function> StringsModule();
std::span<const Function> TimeModule();
std::span<const Function> UrlModule();
std::span<const Function> UuidModule();
std::span<const Function> YamlModule();
std::span<const Function> Z85Module();

/// s3_client(key, secret[, region[, endpoint]]) of the module `aws`.
Status MakeS3Client(Call& call);

}  // namespace tarn::hooks::lua
