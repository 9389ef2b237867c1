#include "committed/three_way.h"

#include <algorithm>
#include <string>
#include <utility>

namespace tarn::committed {

ThreeWayMerge::ThreeWayMerge(RangeSource& base_ranges, TreeCursor& base, TreeCursor& source,
                             TreeCursor& destination, MergeStrategy strategy, TreeWriter& out)
    : base_ranges_(base_ranges),
      base_(base),
      source_{source, MergeStrategy::kSourceWins},
      destination_{destination, MergeStrategy::kDestinationWins},
      strategy_(strategy),
      out_(out) {}

Status ThreeWayMerge::Run() {
  TARN_TRY(base_.Seek({}));
  TARN_TRY(source_.at.Seek({}));
  TARN_TRY(destination_.at.Seek({}));
  while (source_.at.Valid() && destination_.at.Valid()) TARN_TRY(Step());
  while (source_.at.Valid()) TARN_TRY(StepLonely(source_));
  while (destination_.at.Valid()) TARN_TRY(StepLonely(destination_));
  return {};
}

Status ThreeWayMerge::Step() {
  if (source_.at.at_head()) {
    return destination_.at.at_head() ? StepHeads() : StepHeadAndKey(source_, destination_);
  }
  return destination_.at.at_head() ? StepHeadAndKey(destination_, source_) : StepKeys();
}

Status ThreeWayMerge::StepHeads() {
  const RangeInfo& source = source_.at.range();
  const RangeInfo& destination = destination_.at.range();
  if (source.id == destination.id && destination_.at.whole()) {
    TARN_TRY(KeepRange(source_));
    return destination_.at.SkipRange();
  }
  if (source.max_key < destination.min_key) return StepDisjointHeads(source_, destination_);
  if (destination.max_key < source.min_key) return StepDisjointHeads(destination_, source_);

  TARN_TRY_ASSIGN(BaseRange under_source, BaseAt(source));
  TARN_TRY_ASSIGN(BaseRange under_destination, BaseAt(destination));
  const bool source_unchanged = under_source == BaseRange::kSame;
  const bool destination_unchanged = under_destination == BaseRange::kSame;
  // Within a range that one side left as it was, the result is what the other side has there.
  if (source_unchanged && source.min_key <= destination.min_key) {
    TARN_TRY(TakeSpan(destination_, source.max_key));
    return source_.at.SkipRange();
  }
  if (destination_unchanged && destination.min_key <= source.min_key) {
    TARN_TRY(TakeSpan(source_, destination.max_key));
    return destination_.at.SkipRange();
  }
  // An unchanged range that begins later stays closed until the other side reaches it.
  if (!source_unchanged) TARN_TRY(source_.at.Enter());
  if (!destination_unchanged) TARN_TRY(destination_.at.Enter());
  return {};
}

/// Both stand at heads and `first` ends before `second` begins.
Status ThreeWayMerge::StepDisjointHeads(Side& first, Side& second) {
  if (!first.at.whole()) {
    // Opening both gives an import the cuts of the reference.
    TARN_TRY(first.at.Enter());
    return second.at.Enter();
  }
  return StepLonely(first);
}

Status ThreeWayMerge::StepHeadAndKey(Side& head, Side& inside) {
  const RangeInfo& range = head.at.range();
  const std::string_view key = inside.at.key();
  if (key < range.min_key) return TakeKeyOfOne(inside, range.min_key);
  if (range.max_key < key) return StepLonely(head);
  TARN_TRY_ASSIGN(BaseRange under, BaseAt(range));
  if (under != BaseRange::kSame) return head.at.Enter();
  TARN_TRY(TakeSpan(inside, range.max_key));
  return head.at.SkipRange();
}

Status ThreeWayMerge::StepKeys() {
  int order = source_.at.key().compare(destination_.at.key());
  if (order < 0) return TakeKeyOfOne(source_, destination_.at.key());
  if (order > 0) return TakeKeyOfOne(destination_, source_.at.key());
  return TakeEqualKeys();
}

/// The other side has no record in the range under `side`, or is at its end.
Status ThreeWayMerge::StepLonely(Side& side) {
  if (!side.at.at_head()) return TakeKeyOfOne(side, std::nullopt);
  if (!side.at.whole()) return side.at.Enter();
  TARN_TRY_ASSIGN(BaseRange under, BaseAt(side.at.range()));
  if (under == BaseRange::kNone) return KeepRange(side);
  if (under == BaseRange::kSame) return side.at.SkipRange();  // the other side deleted it
  return side.at.Enter();
}

/// `side` is inside a range; the other side has no key from here up to `end`. Rows 1, 2 and 10-13.
Status ThreeWayMerge::TakeKeyOfOne(Side& side, std::optional<std::string_view> end) {
  TARN_TRY(base_.SeekForward(side.at.key()));
  if (!base_.StandsOn(side.at.key())) {
    // The base has nothing up to its own next key either: all that lies before was added.
    if (base_.Valid() && (!end || base_.key() < *end)) end = base_.key();
    return out_.CopyRecords(side.at, end);
  }
  if (side.at.value().identity != base_.value().identity) {
    if (strategy_ == MergeStrategy::kNone) return Conflict();
    if (strategy_ == MergeStrategy::kUndecided) {
      TARN_TRY(WriteUndecided(side.at.key()));
    } else if (strategy_ == side.favouring) {
      TARN_TRY(out_.WriteRecord(side.at.key(), side.at.value()));
    }
  }
  return side.at.Next();
}

/// Both stand on the same key. Rows 3-9.
Status ThreeWayMerge::TakeEqualKeys() {
  const std::string_view source = source_.at.value().identity;
  const std::string_view destination = destination_.at.value().identity;
  if (source == destination) return WriteAndPass(source_, destination_);
  TARN_TRY(base_.SeekForward(source_.at.key()));
  if (base_.StandsOn(source_.at.key())) {
    if (base_.value().identity == source) return WriteAndPass(destination_, source_);
    if (base_.value().identity == destination) return WriteAndPass(source_, destination_);
  }
  if (strategy_ == MergeStrategy::kNone) return Conflict();
  if (strategy_ == MergeStrategy::kUndecided) {
    TARN_TRY(WriteUndecided(source_.at.key()));
    TARN_TRY(source_.at.Next());
    return destination_.at.Next();
  }
  return strategy_ == source_.favouring ? WriteAndPass(source_, destination_)
                                        : WriteAndPass(destination_, source_);
}

Status ThreeWayMerge::WriteAndPass(Side& winner, Side& loser) {
  TARN_TRY(out_.WriteRecord(winner.at.key(), winner.at.value()));
  TARN_TRY(winner.at.Next());
  return loser.at.Next();
}

Status ThreeWayMerge::WriteUndecided(std::string_view key) {
  // No record of a client has this identity: theirs are digests.
  return out_.WriteRecord(key, {.identity = "undecided", .data = {}});
}

/// Takes the records of `side` up to and including `last`.
Status ThreeWayMerge::TakeSpan(Side& side, std::string_view last) {
  const std::string end = std::string(last) + '\0';
  while (side.at.Valid() && side.at.key() < end) {
    if (!side.at.at_head()) {
      TARN_TRY(out_.CopyRecords(side.at, end));
    } else if (side.at.range().max_key <= last) {
      TARN_TRY(KeepRange(side));
    } else {
      TARN_TRY(side.at.Enter());
    }
  }
  return {};
}

Status ThreeWayMerge::KeepRange(Side& side) {
  TARN_TRY(out_.WriteRange(side.at.range()));
  return side.at.SkipRange();
}

Result<ThreeWayMerge::BaseRange> ThreeWayMerge::BaseAt(const RangeInfo& range) {
  TARN_TRY(base_ranges_.Seek(range.min_key));
  if (!base_ranges_.Valid() || base_ranges_.range().min_key > range.max_key) {
    return BaseRange::kNone;
  }
  return base_ranges_.range().id == range.id ? BaseRange::kSame : BaseRange::kOther;
}

}  // namespace tarn::committed
