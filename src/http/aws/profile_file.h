// The files in which tools of AWS keep keys and settings (~/.aws/credentials, ~/.aws/config):
// sections in brackets with "name = value" lines. Level 2; pure functions.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace tarn::http::aws {

using ProfileSettings = std::map<std::string, std::string, std::less<>>;
/// By the names of profiles.
using Profiles = std::map<std::string, ProfileSettings, std::less<>>;

/// Adds what a file says to what others said before, whose values it replaces. Both ways of naming
/// a section count: "[name]" and "[profile name]". What is no setting is skipped.
void ReadProfiles(std::string_view text, Profiles* profiles);

}  // namespace tarn::http::aws
