// The other way of codec/gzip.h. Level 1, tests only; pure functions.
#pragma once

#include <string>
#include <string_view>

namespace tarn {

/// What the gzip member holds that `packed` begins with, up to a mebibyte; "" if there is none.
std::string Gunzip(std::string_view packed);
/// The same for the first member that lies anywhere in `bytes`.
std::string GunzipFirst(std::string_view bytes);

}  // namespace tarn
