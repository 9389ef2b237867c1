// Patterns of branch names: "*" and "**" any text, "?" one character, "[abc]" "[a-z]" "[!a]" one of
// a set, "{a,b}" alternatives, "\c" the character c. A pattern names the whole text, case counts.
//
// Patterns are translated for RE2, which takes linear time on hostile ones. Level 6, immutable.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace re2 {
class RE2;
}

namespace tarn::versioning {

class Glob {
 public:
  /// kInvalidValue for text that is no pattern (an open bracket or brace, a lone backslash).
  static Result<Glob> Compile(std::string_view pattern);
  ~Glob();
  Glob(Glob&&) noexcept;
  Glob& operator=(Glob&&) noexcept;

  bool Matches(std::string_view text) const;

 private:
  explicit Glob(std::unique_ptr<re2::RE2> expression);
  std::unique_ptr<re2::RE2> expression_;
};

}  // namespace tarn::versioning
