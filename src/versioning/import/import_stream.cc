#include "versioning/import/import_stream.h"

#include <algorithm>

#include "base/check.h"
#include "codec/url.h"

namespace tarn::versioning {
namespace {

constexpr size_t kStartedMax = 3;
constexpr size_t kObjectsPerBatch = 256;
/// Below that of every prefix: so the reference's ids come out (import-determinism.json, "different
/// files on one key"; its note says otherwise, but the id is that of the prefix's file).
constexpr size_t kObjectsRank = 0;

/// Order of a heap with the smallest key on top.
struct KeyAfter {
  bool operator()(const std::unique_ptr<ImportSource>& a,
                  const std::unique_ptr<ImportSource>& b) const {
    return a->key() > b->key();
  }
};

std::function<bool()> StopOf(const std::shared_ptr<JobSignals>& signals) {
  return [signals] { return signals->stop.load(std::memory_order_relaxed); };
}

/// Begins to walk a location. What no walk can begin with says so in the words of the reference,
/// which parses the text before.
Result<std::unique_ptr<block::ObjectWalker>> OpenWalker(
    block::ObjectStore& objects, const ImportLocation& location, block::WalkKind kind,
    const std::shared_ptr<JobSignals>& signals) {
  auto walker = objects.Walk({.source_uri = location.path, .kind = kind, .stop = StopOf(signals)});
  const bool refused =
      walker.code() == Code::kForbidden || walker.code() == Code::kAddressBlocked ||
      (walker.code() == Code::kInvalidAddress && ParseRequestUri(location.path).ok());
  if (!refused) return walker;
  return std::move(walker).status().Prefixed("creating object-store walker on path " +
                                             location.path + ": ");
}

/// Reads a listed batch into records and counts it.
Status ReadRecords(block::WalkBatch& batch, std::string_view prefix, JobSignals& signals,
                   RecordBatch* out) {
  out->Expect(batch.size());
  TARN_TRY(batch.Read([&](const block::WalkedObject& object) { out->Add(prefix, object); }));
  signals.progress += static_cast<int64_t>(batch.size());
  return {};
}

/// Lists the batches of a prefix location; the walk begins with the first call.
class PrefixLister {
 public:
  PrefixLister(block::ObjectStore& objects, const ImportLocation& location,
               std::shared_ptr<JobSignals> signals)
      : objects_(objects),
        location_(location),
        prefix_(std::make_shared<const std::string>(DestinationPrefix(location))),
        signals_(std::move(signals)) {}

  Result<std::shared_ptr<BatchTask>> operator()() {
    if (!walker_) {
      TARN_TRY_ASSIGN(walker_, OpenWalker(objects_, location_, block::WalkKind::kPrefix, signals_));
    }
    TARN_TRY_ASSIGN(std::shared_ptr<block::WalkBatch> batch, walker_->Next());
    if (!batch) return std::shared_ptr<BatchTask>();
    return MakeBatchTask(
        signals_, [batch = std::move(batch), prefix = prefix_, signals = signals_](
                      RecordBatch* out) { return ReadRecords(*batch, *prefix, *signals, out); });
  }

 private:
  block::ObjectStore& objects_;
  const ImportLocation& location_;
  const std::shared_ptr<const std::string> prefix_;  // shared with batches
  const std::shared_ptr<JobSignals> signals_;
  std::shared_ptr<block::ObjectWalker> walker_;
};

/// Walks one object location; a shadowed one is read and counted, but leaves no record.
Status ReadObject(block::ObjectStore& objects, const ImportLocation& location, bool shadowed,
                  const std::shared_ptr<JobSignals>& signals, RecordBatch* out) {
  TARN_TRY_ASSIGN(const auto walker,
                  OpenWalker(objects, location, block::WalkKind::kObject, signals));
  TARN_TRY_ASSIGN(const auto batch, walker->Next());
  if (!batch) return {};  // Stores that list find nothing, and do not mind.
  RecordBatch dropped;
  return ReadRecords(*batch, location.destination, *signals, shadowed ? &dropped : out);
}

/// Makes batches of object locations, sorted by destination.
class ObjectLister {
 public:
  ObjectLister(block::ObjectStore& objects, std::vector<const ImportLocation*> locations,
               std::shared_ptr<JobSignals> signals)
      : objects_(objects), locations_(std::move(locations)), signals_(std::move(signals)) {}

  Result<std::shared_ptr<BatchTask>> operator()() {
    if (next_ == locations_.size()) return std::shared_ptr<BatchTask>();
    const size_t begin = next_;
    next_ = std::min(begin + kObjectsPerBatch, locations_.size());
    std::vector<std::pair<const ImportLocation*, bool>> part;
    for (size_t i = begin; i < next_; ++i) {
      const bool shadowed =
          i + 1 < locations_.size() && locations_[i + 1]->destination == locations_[i]->destination;
      part.emplace_back(locations_[i], shadowed);
    }
    return MakeBatchTask(signals_, [&objects = objects_, part = std::move(part),
                                    signals = signals_](RecordBatch* out) {
      for (const auto& [location, shadowed] : part) {
        TARN_TRY(ReadObject(objects, *location, shadowed, signals, out));
      }
      return Status();
    });
  }

 private:
  block::ObjectStore& objects_;
  const std::vector<const ImportLocation*> locations_;
  const std::shared_ptr<JobSignals> signals_;
  size_t next_ = 0;
};

}  // namespace

std::string DestinationPrefix(const ImportLocation& location) {
  const std::string& destination = location.destination;
  return destination.empty() || destination.ends_with('/') ? destination : destination + "/";
}

ImportStream::ImportStream(block::ObjectStore& objects, runtime::WorkerPool& workers,
                           const std::vector<ImportLocation>& locations,
                           std::shared_ptr<JobSignals> signals)
    : objects_(objects), workers_(workers), signals_(std::move(signals)) {
  std::vector<const ImportLocation*> single;
  for (size_t i = 0; i < locations.size(); ++i) {
    if (locations[i].type == ImportLocationType::kObject) {
      single.push_back(&locations[i]);
    } else {
      waiting_.push_back(MakePrefixSource(locations[i], i + 1));
    }
  }
  if (!single.empty()) AddObjects(std::move(single));
  std::stable_sort(waiting_.begin(), waiting_.end(),
                   [](const SourcePtr& a, const SourcePtr& b) { return a->first() < b->first(); });
}

ImportStream::~ImportStream() = default;

ImportStream::SourcePtr ImportStream::MakePrefixSource(const ImportLocation& location,
                                                       size_t rank) {
  auto lister = std::make_shared<PrefixLister>(objects_, location, signals_);
  return std::make_unique<ImportSource>(
      workers_, [lister] { return (*lister)(); }, DestinationPrefix(location), rank);
}

void ImportStream::AddObjects(std::vector<const ImportLocation*> locations) {
  std::stable_sort(locations.begin(), locations.end(),
                   [](const ImportLocation* a, const ImportLocation* b) {
                     return a->destination < b->destination;
                   });
  std::string first = locations.front()->destination;
  auto lister = std::make_shared<ObjectLister>(objects_, std::move(locations), signals_);
  waiting_.push_back(std::make_unique<ImportSource>(
      workers_, [lister] { return (*lister)(); }, std::move(first), kObjectsRank));
}

Status ImportStream::Seek(std::string_view target) {
  TARN_CHECK(target.empty() && !sought_);
  sought_ = true;
  failure_ = Move();
  return failure_;
}

Status ImportStream::Next() {
  failure_ = Move();
  return failure_;
}

Status ImportStream::Move() {
  if (current_) TARN_TRY(Advance(std::move(current_)));
  TARN_TRY(Admit());
  if (active_.empty()) return {};
  SourcePtr winner = PopTop();
  while (!active_.empty() && active_.front()->key() == winner->key()) {
    SourcePtr loser = PopTop();
    if (loser->rank() > winner->rank()) std::swap(loser, winner);
    TARN_TRY(Advance(std::move(loser)));
  }
  value_ = winner->value();
  current_ = std::move(winner);
  return {};
}

/// Begins to read a few sources ahead.
Status ImportStream::StartSome() {
  while (!waiting_.empty() && started_.size() < kStartedMax) {
    TARN_TRY(waiting_.front()->Start());
    started_.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  return {};
}

/// Lets every source take part that may have a key up to the smallest one.
Status ImportStream::Admit() {
  for (;;) {
    TARN_TRY(StartSome());
    if (started_.empty()) return {};
    if (!active_.empty() && started_.front()->first() > active_.front()->key()) return {};
    SourcePtr source = std::move(started_.front());
    started_.pop_front();
    TARN_TRY(Advance(std::move(source)));
  }
}

/// Moves a source to its next record; an ended one is dropped.
Status ImportStream::Advance(SourcePtr source) {
  TARN_TRY_ASSIGN(const bool more, source->Next());
  if (!more) return {};
  active_.push_back(std::move(source));
  std::push_heap(active_.begin(), active_.end(), KeyAfter());
  return {};
}

ImportStream::SourcePtr ImportStream::PopTop() {
  std::pop_heap(active_.begin(), active_.end(), KeyAfter());
  SourcePtr top = std::move(active_.back());
  active_.pop_back();
  return top;
}

}  // namespace tarn::versioning
