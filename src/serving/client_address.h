// The address of a client, as policies see it. Level 7; pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tarn::serving {

/// The first of X-Forwarded-For, else X-Real-IP as it is, else the peer without its port. The
/// headers are believed whoever sent them, as in the reference: conditions on addresses hold only
/// where a proxy sets them.
std::string ClientAddress(const http::RequestHead& head);

/// What conditions of policies know of a request by that name: "SourceIp" is the address; nothing
/// for every other name.
std::optional<std::string> FactOf(const http::RequestHead& head, std::string_view name);

}  // namespace tarn::serving
