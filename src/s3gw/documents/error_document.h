// The XML document of an error. Level 8; pure but for the random host id.
#pragma once

#include <string>
#include <string_view>

#include "s3gw/errors.h"

namespace tarn::s3gw {

/// What an error is about. An absent bucket, key or region is left out; the resource never is.
struct ErrorPlace {
  std::string_view bucket, key, resource;
  std::string_view region;
  std::string_view request_id;
};

/// The document without its declaration.
std::string ErrorDocument(const Failure& failure, const ErrorPlace& place);

}  // namespace tarn::s3gw
