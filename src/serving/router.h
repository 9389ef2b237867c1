// Finds the operation of a method and a path: a trie of path segments, walked without allocation.
// Level 7; immutable after building, thread-safe.
//
// A fixed segment is tried before a parameter, with backtracking, also when the fixed one lacks the
// method. A parameter matches an empty segment in the middle of a path, not at its end. Segments
// are compared as sent: an escaped letter in a fixed segment does not match.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace tarn::serving {

/// Most path parameters of one route.
inline constexpr size_t kPathParametersMax = 4;

/// Parameter segments of a path, still escaped.
class PathSegments {
 public:
  void Push(std::string_view segment) { segments_[count_++] = segment; }
  void Pop() { --count_; }
  std::span<const std::string_view> view() const { return {segments_.data(), count_}; }

 private:
  std::array<std::string_view, kPathParametersMax> segments_;
  size_t count_ = 0;
};

struct RouteMatch {
  int route = -1;  ///< Value given to Add; -1: no match.
  PathSegments segments;
};

class Router {
 public:
  Router();
  ~Router();
  /// Adds a route, for example "GET" "/repositories/{repository}". REQUIRES that it is new and has
  /// at most kPathParametersMax parameters.
  void Add(std::string_view method, std::string_view path, int route);
  /// `path` starts with '/'.
  RouteMatch Find(std::string_view method, std::string_view path) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
};

}  // namespace tarn::serving
