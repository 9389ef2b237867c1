// An exchange whose answer is there before the request is read. Level 7; thread-safe.
#pragma once

#include <memory>

#include "http/exchange.h"

namespace tarn::serving {

/// Takes no body and never waits.
std::unique_ptr<http::Exchange> ReadyExchange(http::Response response);

}  // namespace tarn::serving
