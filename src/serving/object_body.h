// Sends an opened object: by descriptor where there is one, else in pieces. Level 7.
#pragma once

#include <memory>

#include "block/object_store.h"
#include "http/message.h"
#include "serving/range_header.h"

namespace tarn::serving {

/// Puts `range` of an object into an answer as its body.
void SetObjectBody(http::Response* response, std::unique_ptr<block::ObjectReader> reader,
                   ByteRange range);

}  // namespace tarn::serving
