// What the files of this folder define: the sources of modules written in Lua. Errors that the
// reference raises carry its positions, since scripts and people look for them. Level 7; immutable.
#pragma once

#include <string_view>

namespace tarn::hooks::lua {

extern const std::string_view kDeltaExporterSource;
extern const std::string_view kGlueExporterSource;
extern const std::string_view kHiveSource;
extern const std::string_view kInternalSource;
extern const std::string_view kSymlinkExporterSource;
extern const std::string_view kTableExtractorSource;
extern const std::string_view kUnityExporterSource;

}  // namespace tarn::hooks::lua
