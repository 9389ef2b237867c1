#include "catalog/content_headers.h"

#include <string>

namespace tarn::catalog {

void KeepContentHeaders(const Metadata& from, Metadata* metadata) {
  for (const ContentHeader& header : kContentHeaders)
    if (const auto found = from.find(std::string(header.key)); found != from.end())
      metadata->insert(*found);
}

}  // namespace tarn::catalog
