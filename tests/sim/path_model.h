// What may be read at a path that one client alone writes, whatever servers crash meanwhile.
//
// A call that failed may have been carried out or not; the model keeps what is possible until an
// acknowledged call settles it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

namespace tarn::sim {

class PathModel {
 public:
  using Value = std::optional<std::string>;  ///< Nothing: absent.

  /// A write of `value` that was acknowledged, or may have happened.
  void Written(Value value, bool acknowledged) {
    history_.push_back(std::move(value));
    if (acknowledged) current_.clear();
    current_.insert(history_.size() - 1);
  }
  /// Uncommitted changes of the path were given up, or that may have happened.
  void Reset(bool acknowledged) {
    if (acknowledged) current_.clear();
    for (size_t i = committed_; i < history_.size(); ++i) current_.insert(i);
  }
  /// What a commit that begins now holds at least, once it was acknowledged.
  size_t least() const { return *current_.begin(); }
  void Committed(size_t least) { committed_ = std::max(committed_, least); }
  size_t committed() const { return committed_; }

  bool MayBe(const Value& value) const {
    for (const size_t i : current_) {
      if (history_[i] == value) return true;
    }
    return false;
  }
  bool MayBePresent() const {
    for (const size_t i : current_) {
      if (history_[i]) return true;
    }
    return false;
  }
  bool MayBeAbsent() const { return MayBe(std::nullopt); }
  /// Whether a commit, made after `least` was in one, may hold the value.
  bool MayBeCommitted(const Value& value, size_t least) const {
    for (size_t i = least; i < history_.size(); ++i) {
      if (history_[i] == value) return true;
    }
    return false;
  }

 private:
  std::vector<Value> history_ = {std::nullopt};
  std::set<size_t> current_ = {0};
  size_t committed_ = 0;  // The head holds this or something later.
};

}  // namespace tarn::sim
