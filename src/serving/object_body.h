// Sends an opened object: by descriptor where there is one, else in pieces. Level 7.
#pragma once

#include <memory>

#include "block/object_io.h"
#include "http/message.h"

namespace tarn::serving {

/// Puts the rest of a stream into an answer as its body, which is announced to have `length` bytes.
/// A stream that ends before breaks the connection, since that length cannot be kept.
void SetObjectBody(http::Response* response, std::unique_ptr<block::ObjectStream> stream,
                   int64_t length);

}  // namespace tarn::serving
