// Values from the environment in what users write for hooks ("{{ ENV.NAME }}"), and how they are
// kept out of what hooks print. Level 7; thread-compatible.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tarn::hooks {

/// What stands in place of a secret.
inline constexpr std::string_view kMasked = "*******";

/// Which variables may be read.
struct HookEnvironment {
  bool enabled = true;
  std::string prefix;  ///< Of their names; empty: all of them.
  std::function<std::optional<std::string>(const std::string& name)> get;
};

/// Replaces known secrets in texts.
class Masker {
 public:
  /// Short ones are not looked for: they stand everywhere by chance.
  void Add(std::string_view secret);
  std::string Mask(std::string_view text) const;
  /// The same of a text that goes on: what may be the beginning of a secret at its end is left out.
  std::string MaskBeginning(std::string_view text) const;
  /// Most bytes of a secret: so much of a text must be seen at once to find it.
  size_t longest() const { return secrets_.empty() ? 0 : secrets_.front().size(); }

 private:
  std::vector<std::string> secrets_;  // The longest first.
};

/// A text with variables put in.
struct SubstitutedText {
  std::string value;
  bool is_secret = false;  ///< There was something to put in.
  std::string_view shown() const { return is_secret ? kMasked : std::string_view(value); }
};

/// Puts variables in; those that may not be read are empty. What was put in is told to the masker.
/// kInternal "<NAME> not found: missing env var".
Result<SubstitutedText> Substitute(std::string_view text, const HookEnvironment& environment,
                                   Masker* masker);

}  // namespace tarn::hooks
