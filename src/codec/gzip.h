// Compression in gzip members (RFC 1952), over zlib. Level 1; pure functions.
#pragma once

#include <string>
#include <string_view>

namespace tarn {

/// One gzip member that holds `bytes`; equal bytes give equal members.
std::string Gzip(std::string_view bytes);

}  // namespace tarn
