// The OpenAPI 3.0 document of the API, made from the tables that also serve it. Level 8.
#pragma once

#include <string>

#include "rest/contract/schemas.h"

namespace tarn::rest {

/// The whole document as JSON. REQUIRES schemas of every type that the operations name.
std::string OpenApiDocument(SchemaSet& schemas);

}  // namespace tarn::rest
