// Where Google Cloud Storage has what: paths of requests, escaped as they are sent. Level 3; pure
// functions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "block/remote/location.h"

namespace tarn::block::gs {

inline constexpr std::string_view kCloudUrl = "https://storage.googleapis.com";

std::string BucketPath(std::string_view bucket);     ///< Of listings.
std::string ObjectPath(const remote::Place& place);  ///< Of an object's properties.
std::string UploadPath(std::string_view bucket);
/// Of an object's bytes: that of the XML interface.
std::string BytesPath(const remote::Place& place);
/// Path and query.
std::string WithQuery(std::string path,
                      const std::vector<std::pair<std::string, std::string>>& query);

}  // namespace tarn::block::gs
