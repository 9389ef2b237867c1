// The header by which a download gets the name of a file. Level 2; pure functions.
#pragma once

#include <string>
#include <string_view>

namespace tarn::http {

/// "attachment; filename=..." as the reference's stores answer; non-ASCII names by RFC 2231.
std::string AttachmentDisposition(std::string_view file_name);

}  // namespace tarn::http
