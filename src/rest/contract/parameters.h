// Parameters of a request: read from path, query and headers, checked against the operation's row
// (the validator's rules), then bound to types (the binder's rules, stricter). Level 8.
//
// A ParameterSet borrows from the request head and lives as long as it; one thread at a time.
// Nothing is allocated unless a value is escaped or a list is given.
#pragma once

#include <array>
#include <forward_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/message.h"
#include "rest/contract/operation.h"

namespace tarn::rest {

/// Most parameters that one operation has, path included.
inline constexpr size_t kParametersMax = kOperationParametersMax + 4;

/// One operation made ready to serve: path parameters first, then those of the row.
struct ParameterList {
  explicit ParameterList(const Operation& operation);
  std::vector<const Parameter*> all;
  size_t path_count = 0;

 private:
  std::forward_list<Parameter> made_;  // path parameters that are plain strings
};

struct ParameterValue {
  std::string_view text;  ///< Decoded.
  int count = 0;          ///< How often it was given; a default counts too.
  bool present() const { return count > 0; }
  int64_t integer = 0;
  bool boolean = false;
  Timestamp time;  ///< Meaningless where the text is empty.
};

class ParameterSet {
 public:
  explicit ParameterSet(const ParameterList& list) : list_(list) {}
  ParameterSet(const ParameterSet&) = delete;
  ParameterSet& operator=(const ParameterSet&) = delete;

  /// Reads everything and applies the validator's rules: the message of the first failure
  /// (`parameter "x" in query has an error: ...`), or nothing. `path_segments` are the escaped
  /// values of the path parameters.
  std::optional<std::string> Validate(const http::RequestHead& head,
                                      std::span<const std::string_view> path_segments);
  /// Applies the binder's rules after Validate: the text of the first failure, or nothing. Once:
  /// for a handler that runs again it does nothing, since what was decoded may look encoded.
  std::optional<std::string> Bind();

  /// The value of a parameter of the row; REQUIRES that the row has it.
  const ParameterValue& at(std::string_view name) const;
  /// The same, or null if the row has none of that name.
  const ParameterValue* Find(std::string_view name) const;
  /// All values of a list parameter.
  std::vector<std::string> List(std::string_view name) const;

 private:
  void ReadPath(const http::RequestHead& head, std::span<const std::string_view> segments);
  void ReadQuery(std::string_view query);
  void ReadPair(std::string_view name, std::string_view value);
  void ReadHeaders(const http::RequestHead& head);
  std::optional<std::string> Check(const Parameter& parameter, ParameterValue* value) const;
  std::optional<std::string> BindOne(const Parameter& parameter, ParameterValue* value);
  std::optional<std::string> Unescape(const Parameter& parameter, ParameterValue* value);
  /// Keeps a decoded text for as long as this lives.
  std::string_view Keep(std::string text) { return kept_.emplace_front(std::move(text)); }
  /// The place of a parameter; behind all of them if the row has it not.
  size_t IndexOf(std::string_view name) const;

  const ParameterList& list_;
  std::array<ParameterValue, kParametersMax> values_;
  std::vector<std::pair<size_t, std::string_view>> list_items_;
  std::forward_list<std::string> kept_;
  bool is_bound_ = false;
};

}  // namespace tarn::rest
