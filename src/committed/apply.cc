// Commit: changes over a base tree (docs/formats/merge.md).
#include <utility>

#include "committed/store_impl.h"

namespace tarn::committed {
namespace {

class Application {
 public:
  Application(TreeCursor& base, Changes& changes, TreeWriter& out)
      : base_(base), changes_(changes), out_(out) {}

  Result<ApplyResult> Run() {
    out_.Hold();
    TARN_TRY(base_.Seek({}));
    TARN_TRY(changes_.Seek({}));
    while (changes_.Valid()) TARN_TRY(base_.Valid() ? Step() : AddChange());
    // Without an effective change the caller keeps the base; its rest need not be walked.
    if (counts_.total() != 0) TARN_TRY(CopyRestOfBase());
    return counts_;
  }

 private:
  Status Step() {
    if (base_.at_head()) {
      // A change that falls before the range opens it too: cuts must be those of the reference.
      if (base_.range().max_key >= changes_.key()) return base_.Enter();
      TARN_TRY(out_.WriteRange(base_.range()));
      return base_.SkipRange();
    }
    int order = base_.key().compare(changes_.key());
    if (order < 0) return out_.CopyRecords(base_, changes_.key());
    return order == 0 ? ChangeRecord() : AddChange();
  }

  /// The base holds the key of the change.
  Status ChangeRecord() {
    const ValueView& change = changes_.value();
    if (change.is_tombstone()) {
      TARN_TRY(Count(&counts_.removed));
    } else if (change.identity == base_.value().identity) {
      TARN_TRY(out_.WriteRecord(base_.key(), base_.value()));
    } else {
      TARN_TRY(Count(&counts_.changed));
      TARN_TRY(out_.WriteRecord(changes_.key(), change));
    }
    TARN_TRY(base_.Next());
    return changes_.Next();
  }

  /// The base does not hold the key of the change.
  Status AddChange() {
    if (!changes_.value().is_tombstone()) {
      TARN_TRY(Count(&counts_.added));
      TARN_TRY(out_.WriteRecord(changes_.key(), changes_.value()));
    }
    return changes_.Next();
  }

  Status CopyRestOfBase() {
    while (base_.Valid()) {
      if (base_.at_head()) {
        TARN_TRY(out_.WriteRange(base_.range()));
        TARN_TRY(base_.SkipRange());
      } else {
        TARN_TRY(out_.CopyRecords(base_, std::nullopt));
      }
    }
    return {};
  }

  Status Count(int64_t* count) {
    const bool first = counts_.total() == 0;
    ++*count;
    return first ? out_.Release() : Status();
  }

  TreeCursor& base_;
  Changes& changes_;
  TreeWriter& out_;
  ApplyResult counts_;
};

}  // namespace

Result<ApplyResult> Store::Apply(const StorageNamespace& ns, const MetarangeId& base,
                                 Changes& changes) {
  TARN_TRY_ASSIGN(auto cursor, impl_->Cursor(ns, base));
  TreeWriter out = impl_->Writer(ns);
  Application application(*cursor, changes, out);
  TARN_TRY_ASSIGN(ApplyResult result, application.Run());
  if (result.total() != 0) {
    TARN_TRY_ASSIGN(result.metarange, out.Close());
  } else if (base.empty()) {
    TARN_TRY_ASSIGN(result.metarange, impl_->StoredEmptyTree(ns));
  } else {
    result.metarange = base;
  }
  return result;
}

}  // namespace tarn::committed
