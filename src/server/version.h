// The program's version. Level 9.
#pragma once

#include <string_view>

namespace tarn::server {

inline constexpr std::string_view kTarnVersion = TARN_VERSION;
/// What clients are told: the version of the contract, then ours.
inline constexpr std::string_view kReportedVersion = "1.84.0+tarn." TARN_VERSION;

}  // namespace tarn::server
