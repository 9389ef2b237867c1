// The web interface that is linked into the program. Level 8; pure.
#pragma once

#include <string_view>

namespace tarn::webui {

/// A pack as AssetPack reads it; empty in a program that was built without Node.js.
std::string_view EmbeddedPack();

}  // namespace tarn::webui
