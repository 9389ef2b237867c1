#include "webui/embedded_pack.h"

extern "C" {
extern const char tarn_webui_pack_begin[];
extern const char tarn_webui_pack_end[];
}

namespace tarn::webui {

std::string_view EmbeddedPack() { return {tarn_webui_pack_begin, tarn_webui_pack_end}; }

}  // namespace tarn::webui
