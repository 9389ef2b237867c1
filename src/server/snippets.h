// The setting ui.snippets. Level 9; pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "webui/web_ui.h"

namespace tarn::server {

/// Reads a list of maps `{id, code}`, as YAML or JSON; empty text is an empty list. kInvalidValue
/// for anything else.
Result<std::vector<webui::Snippet>> ReadSnippets(const std::string& text);

}  // namespace tarn::server
