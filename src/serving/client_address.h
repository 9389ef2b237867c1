// The address of a client, as policies see it. Level 7; pure functions.
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::serving {

/// The fact of a request that conditions know it by.
inline constexpr std::string_view kSourceIp = "SourceIp";

/// The first of X-Forwarded-For, else X-Real-IP, else the peer without its port. The headers are
/// believed whoever sent them, as in the reference: conditions on addresses hold only where a proxy
/// sets them.
std::string ClientAddress(const http::RequestHead& head);

}  // namespace tarn::serving
