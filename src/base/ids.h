// Typed names: a BranchId cannot be passed where a CommitId is meant.
//
// The text is kept as the client sent it; validation lives in refs/names.h. Level 0, values.
#pragma once

#include <functional>
#include <ostream>
#include <string>
#include <string_view>

namespace tarn {

/// A string that names one kind of thing. Ordered by unsigned bytes.
template <class Kind>
class Id {
 public:
  Id() = default;
  explicit Id(std::string text) : text_(std::move(text)) {}
  explicit Id(std::string_view text) : text_(text) {}
  explicit Id(const char* text) : text_(text) {}

  const std::string& str() const { return text_; }
  std::string_view view() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id& a, const Id& b) { return a.text_.compare(b.text_) <=> 0; }
  friend std::ostream& operator<<(std::ostream& out, const Id& id) { return out << id.text_; }

 private:
  std::string text_;
};

using RepositoryId = Id<struct RepositoryKind>;
using BranchId = Id<struct BranchKind>;
using TagId = Id<struct TagKind>;
using CommitId = Id<struct CommitKind>;        ///< 64 lower-case hex characters.
using RangeId = Id<struct RangeKind>;          ///< 64 lower-case hex characters.
using MetarangeId = Id<struct MetarangeKind>;  ///< 64 hex characters, or empty: no objects.
using StagingToken = Id<struct StagingTokenKind>;
using StorageNamespace = Id<struct StorageNamespaceKind>;  ///< For example "local://bucket/prefix".

}  // namespace tarn

template <class Kind>
struct std::hash<tarn::Id<Kind>> {
  size_t operator()(const tarn::Id<Kind>& id) const {
    return std::hash<std::string_view>()(id.view());
  }
};
