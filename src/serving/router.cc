#include "serving/router.h"

#include <utility>

#include "base/check.h"

namespace tarn::serving {
namespace {

/// Splits "/a/b" into "a" and "/b"; the rest is empty at the last segment.
std::pair<std::string_view, std::string_view> SplitSegment(std::string_view path) {
  const size_t end = path.find('/', 1);
  if (end == std::string_view::npos) return {path.substr(1), {}};
  return {path.substr(1, end - 1), path.substr(end)};
}

}  // namespace

struct Router::Node {
  std::vector<std::pair<std::string_view, std::unique_ptr<Node>>> fixed;
  std::unique_ptr<Node> parameter;
  std::vector<std::pair<std::string_view, int>> methods;

  const Node* FindFixed(std::string_view segment) const {
    for (const auto& [name, node] : fixed)
      if (name == segment) return node.get();
    return nullptr;
  }
  int RouteOf(std::string_view method) const {
    for (const auto& [name, route] : methods)
      if (name == method) return route;
    return -1;
  }
  bool Match(std::string_view method, std::string_view path, RouteMatch* out) const;
};

// Depth is bounded by the deepest route, for a path that leads out of the trie matches nothing.
bool Router::Node::Match(std::string_view method, std::string_view path, RouteMatch* out) const {
  if (path.empty()) return (out->route = RouteOf(method)) >= 0;
  const auto [segment, rest] = SplitSegment(path);
  if (const Node* next = FindFixed(segment); next && next->Match(method, rest, out)) return true;
  if (!parameter || (segment.empty() && rest.empty())) return false;
  out->segments.Push(segment);
  if (parameter->Match(method, rest, out)) return true;
  out->segments.Pop();
  return false;
}

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;

void Router::Add(std::string_view method, std::string_view path, int route) {
  Node* node = root_.get();
  size_t parameters = 0;
  while (!path.empty()) {
    const auto [segment, rest] = SplitSegment(path);
    path = rest;
    if (segment.starts_with('{')) {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      TARN_CHECK(++parameters <= kPathParametersMax);
      continue;
    }
    Node* next = const_cast<Node*>(node->FindFixed(segment));
    if (!next) next = node->fixed.emplace_back(segment, std::make_unique<Node>()).second.get();
    node = next;
  }
  TARN_CHECK(node->RouteOf(method) < 0);
  node->methods.emplace_back(method, route);
}

RouteMatch Router::Find(std::string_view method, std::string_view path) const {
  RouteMatch match;
  if (!path.starts_with('/') || !root_->Match(method, path, &match)) match.route = -1;
  return match;
}

}  // namespace tarn::serving
