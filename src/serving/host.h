// Host names of requests and the domains of the S3 gateway. Level 7; pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace tarn::serving {

/// A Host header without its port.
std::string_view HostWithoutPort(std::string_view host);

/// What stands before ".domain" in a host; "" if the host is the domain itself, nothing if it does
/// not belong to it. Compared without case.
std::optional<std::string_view> LabelsBelow(std::string_view host, std::string_view domain);

}  // namespace tarn::serving
