// Answers requests to presigned URLs: reads with ranges, and writes. Level 8.
#pragma once

#include <memory>

#include "http/exchange.h"
#include "rest/call.h"

namespace tarn::rest {

/// The exchange of a request whose path starts with kPresignedPrefix. A URL that was altered, has
/// expired or is for another method is 403.
std::unique_ptr<http::Exchange> StartPresigned(const Services& services,
                                               const http::RequestHead& head);

}  // namespace tarn::rest
