#include "s3gw/target.h"

#include "codec/url.h"
#include "codec/utf8.h"
#include "serving/host.h"

namespace tarn::s3gw {
namespace {

/// Takes what stands before the first slash off `rest`, and the slash.
std::string TakeSegment(std::string_view* rest) {
  const size_t slash = rest->find('/');
  std::string segment(rest->substr(0, slash));
  rest->remove_prefix(slash == std::string_view::npos ? rest->size() : slash + 1);
  return segment;
}

}  // namespace

Target::Level Target::level() const {
  if (repository.empty()) return Level::kService;
  if (ref.empty()) return path.empty() ? Level::kBucket : Level::kNothing;
  if (path.empty()) return ref_ends ? Level::kRoot : Level::kNothing;
  return Level::kObject;
}

bool IsReadableTarget(const http::RequestHead& head) {
  if (head.query.find(';') != std::string_view::npos || !HasValidEscapes(head.query)) return false;
  if (head.path.find('%') == std::string_view::npos) return IsValidUtf8(head.path);
  const auto path = PathUnescape(head.path);
  return path.ok() && IsValidUtf8(*path);
}

Target ReadTarget(const http::RequestHead& head, std::span<const std::string> domains) {
  Target target;
  const std::string_view host = serving::HostWithoutPort(head.Get("Host"));
  std::string_view bucket;
  for (const std::string& domain : domains) {
    const auto labels = serving::LabelsBelow(host, domain);
    if (!labels) continue;
    target.matched_host = true;
    bucket = *labels;
    break;
  }
  std::string_view path = head.path;
  std::string decoded;
  if (path.find('%') != std::string_view::npos) {
    auto unescaped = PathUnescape(path);
    if (unescaped.ok()) decoded = *std::move(unescaped);
    path = decoded;
  }
  if (path.starts_with('/')) path.remove_prefix(1);
  target.repository = bucket.empty() ? TakeSegment(&path) : std::string(bucket);
  target.ref_ends = path.find('/') != std::string_view::npos;
  target.ref = TakeSegment(&path);
  target.path = path;
  return target;
}

}  // namespace tarn::s3gw
