// Where the next page of a listing starts, as text in its document. Level 8; pure functions.
//
// A marker must be able to name every key, and XML cannot hold every key: it has no control
// characters, and bytes that are not UTF-8 are lost in it. Such keys travel in another form.
#pragma once

#include <string>
#include <string_view>

namespace tarn::s3gw {

/// The key itself, or ":base64:" and its bytes in base64 (URL alphabet) where XML cannot hold it.
std::string MarkerText(std::string_view key);

/// The key that a marker names, in either form.
std::string ReadMarker(std::string_view marker);

}  // namespace tarn::s3gw
