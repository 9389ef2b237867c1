// Names of resources: "arn:lakefs:<service>:<region>:<account>:<resource>". Level 7; pure
// functions.
#pragma once

#include <optional>
#include <string_view>

namespace tarn::auth {

/// The parts of a name, borrowed from its text. The region counts for nothing and is left out.
struct Arn {
  std::string_view partition, service, account, resource;
};

/// Nothing for text that is no name. Colons in the resource belong to it.
std::optional<Arn> ParseArn(std::string_view text);

}  // namespace tarn::auth
