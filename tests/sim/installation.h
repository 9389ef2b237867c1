// What the clients of a simulation share: servers that die and come back over one KV and one object
// store, an observer that sees one moment without disturbing it, and the account of what happened.
// One thread of the simulation at a time.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sim_server.h"
#include "simulation.h"
#include "versioning/testing/commit_model.h"

namespace tarn::sim {

using versioning::testing::At;
using versioning::testing::CommitModel;
using versioning::testing::ModelCommit;
using versioning::testing::OnConflict;
using versioning::testing::PathsOf;
using versioning::testing::ThreeWay;
using versioning::testing::Tree;

class Installation {
 private:
  struct Running {
    std::unique_ptr<SimServer> server;
    int users = 0;
  };
  using RunningPtr = std::shared_ptr<Running>;  // Of the list and of those who use it.

 public:
  Installation(SeededScheduler& scheduler, const SimulationOptions& options,
               SimulationResult& result);

  /// A server while it is used; the last user of a dead one buries it.
  class Use {
   public:
    explicit Use(RunningPtr running) : running_(std::move(running)) { ++running_->users; }
    ~Use() {
      if (--running_->users == 0 && running_->server->fate.dead()) running_->server.reset();
    }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;
    SimServer& operator*() const { return *running_->server; }
    SimServer* operator->() const { return running_->server.get(); }

   private:
    const RunningPtr running_;
  };

  /// One of the servers, started again if it is dead.
  Use AnyServer();
  /// All servers die at once, and with them what the object store has not made durable.
  void PowerCut();
  /// Ends all servers, alive or dead; one to which nothing happens takes their place.
  void Replace();
  /// A server of its own to which nothing happens and during whose calls nobody else runs.
  SimServer& observer() { return *observer_; }

  SimulationResult& result() { return result_; }
  const SimulationOptions& options() const { return options_; }
  VolatileObjects& objects() { return objects_; }
  kv::Store& kv() { return *kv_; }
  int64_t NowMs() { return scheduler_.NowMs(); }
  uint64_t steps() const { return scheduler_.steps(); }
  /// A number below `n`. Within an operation it hangs on the seed and the operation alone, not on
  /// what else happens.
  uint64_t Draw(uint64_t n);
  Chance& chance() { return chance_; }

  /// Lets a client, of a number of its own, do its operations one after the other.
  void Operate(uint32_t client, int operations, const std::function<void()>& operation);
  /// The user metadata that clients set.
  static constexpr const char* kMark = "mark";
  /// The metadata of a commit that an import makes: its source, which no other import has.
  static constexpr const char* kImportedFrom = "imported-from";
  /// A text that no object had before.
  std::string NewText() { return "v" + std::to_string(++texts_); }

  void Fail(const std::string& what) {
    if (result_.failure.empty()) result_.failure = what;
  }
  bool failed() const { return !result_.failure.empty(); }

  enum class Outcome : uint8_t {
    kDone,     ///< It was acknowledged.
    kRefused,  ///< For a reason that may be; nothing has changed.
    kUnknown,  ///< It may have been carried out, or not.
  };
  /// Judges and counts what the current verb came to; `refusals` are reasons that may be. Any
  /// failure but these and those of stores is wrong.
  Outcome Judge(const Status& status, std::initializer_list<Code> refusals,
                const std::string& of = "");

  /// What the observer reads at a ref: texts by path, each with "#" and its mark if it has one
  /// (kMark). A failure or an object that is not there is wrong.
  Tree ReadTree(const refs::Repository& repository, const std::string& ref);
  /// The text of an object's entry.
  static Result<std::string> ReadText(SimServer& server, const refs::Repository& repository,
                                      const Entry& entry);
  /// Stores an object by the upload path.
  static Status Upload(SimServer& server, const refs::Repository& repository,
                       const std::string& branch, const std::string& path, const std::string& text,
                       versioning::SetCondition condition);

 private:
  std::unique_ptr<SimServer> NewServer(const FaultRates& rates, int64_t repository_cache_ms);
  bool IsWanted(uint32_t operation) const;

  static inline thread_local std::mt19937_64* of_operation_ = nullptr;

  SeededScheduler& scheduler_;
  const SimulationOptions& options_;
  SimulationResult& result_;
  Chance chance_;
  SimClock clock_{scheduler_};
  const std::unique_ptr<kv::Store> kv_;
  VolatileObjects objects_{clock_};
  std::unique_ptr<SimServer> observer_;
  std::vector<RunningPtr> servers_;
  uint64_t texts_ = 0;
};

}  // namespace tarn::sim
