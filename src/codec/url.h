// Percent coding, query strings and URIs, as the reference's URL library treats them. Level 1.
//
// Pure functions over borrowed text. Error texts are those of the reference (docs/differences.md
// names none here), because clients see them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tarn {

/// Decodes "%xx" in a path; '+' stays. kInvalidValue: `invalid URL escape "%zz"`.
Result<std::string> PathUnescape(std::string_view text);
/// Decodes "%xx" and turns '+' into a space. kInvalidValue as above.
Result<std::string> QueryUnescape(std::string_view text);
/// True if every '%' starts two hex digits.
bool HasValidEscapes(std::string_view text);

/// Escapes a whole path; '/' and the characters "$&+,:;=@" stay.
std::string EscapePath(std::string_view path);
/// Escapes one path segment; of the reserved characters "$&+:=@" stay.
std::string EscapePathSegment(std::string_view segment);
/// Escapes a query value; a space becomes '+', only letters, digits and "-_.~" stay.
std::string EscapeQuery(std::string_view value);

/// The pairs of a query string in their order, decoded. Pairs with ';' or an invalid escape and
/// empty pairs are dropped.
class Query {
 public:
  Query() = default;
  explicit Query(std::string_view query);

  const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }
  bool Has(std::string_view name) const { return Find(name) != nullptr; }
  /// First value of that name, or null.
  const std::string* Find(std::string_view name) const;
  /// First value of that name, or "".
  std::string_view Get(std::string_view name) const;
  size_t Count(std::string_view name) const;
  void Add(std::string name, std::string value);

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

/// An absolute URI or an absolute path.
struct Uri {
  std::string scheme;  ///< Lower case; empty for an absolute path.
  std::string
      opaque;  ///< What follows "scheme:" when that is no '/'; host and path are empty then.
  std::optional<std::string> user_info;  ///< Before '@', still escaped.
  std::string host;                      ///< With port; decoded.
  std::string path;                      ///< Decoded.
  /// The path as it was sent if that is not the usual escaping of `path`, else `path`: so escapes
  /// in storage addresses are kept verbatim.
  std::string raw_path;
  std::string query;  ///< After '?', still escaped. A '#' is not special.
};

/// Parses `text` as a request URI. kInvalidValue: `parse "<text>": <cause>`, the causes being
/// `empty url`, `invalid URI for request`, `invalid URL escape "%zz"`, `missing protocol scheme`,
/// `net/url: invalid control character in URL`, `net/url: invalid userinfo`,
/// `invalid character "x" in host name`, `invalid port ":x" after host`, `missing ']' in host`.
Result<Uri> ParseRequestUri(std::string_view text);

}  // namespace tarn
